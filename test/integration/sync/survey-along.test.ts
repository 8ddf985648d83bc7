import { surveyListed } from '../../../src/reconciliation/survey/survey.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { atRest, fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';

let stack: Stack;
let crew: string;
let office: string;
let aroha: string;
let mere: string;

/** A later page of a large tenant: whoever is in the crew only has long been planned when it comes. */
const LATE_MS = 400;
const pagesOfOffice = () => `${office}/transitiveMembers/microsoft.graph.user`;

beforeAll(async () => {
  stack = await startStack({ teamNames: ['North', 'South'] });
  const { enterpriseId, services, simulator, tenant, teams } = stack;
  crew = await fieldCrew(stack);
  office = tenant.directory.createGroup({ displayName: 'Office' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: office, teamId: teams['South'] ?? '' }, 'test');
  aroha = member('Aroha');
  mere = member('Mere', { mobilePhone: 'call me' });
  await stack.sync();
  // One that is made later asks for a round.
  await subscribed(stack);
  simulator.delivery.settings.loss = 1;
  simulator.faults.add({
    match: { path: pagesOfOffice() },
    after: 0,
    times: Number.MAX_SAFE_INTEGER,
    action: { delayMs: LATE_MS },
  });
});

afterAll(() => stack?.close());

function member(name: string, extra: Record<string, unknown> = {}): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, surname: 'Ngata', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true, ...extra }).objectId;
  stack.tenant.directory.addMember(crew, id);
  return id;
}

async function teamsOf(objectId: string): Promise<string[]> {
  const user = await stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
  return user?.memberships.map(({ teamId }) => teamId).sort() ?? [];
}

const named = (...names: string[]) => names.map((name) => stack.teams[name] ?? '').sort();

test('who turns up in one more group after they were planned gets its team in the same run', async () => {
  await atRest(stack);
  stack.tenant.directory.addMember(office, aroha);
  stack.tenant.directory.addMember(office, mere);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', counts: { seen: 2, teamAdded: 2, warnings: 4, failed: 0 } });
  expect([await teamsOf(aroha), await teamsOf(mere)]).toEqual([named('North', 'South'), named('North', 'South')]);
});

test('where nothing has changed nothing is written, and everybody is counted with what they lack', async () => {
  await atRest(stack);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', writes: 0, counts: { seen: 2, unchanged: 2, warnings: 4 } });
});

test('of whom a newer read was written, the count has what that one found', async () => {
  const { services, enterpriseId, tenant, config } = stack;
  const scope = { enterpriseId, tenantId: tenant.id };
  const rows = await services.mirror.people.load({ tenantId: tenant.id, objectIds: [aroha, mere] });
  const listed = [...rows.values()].flatMap(({ objectId, attributes, groupIds }) =>
    attributes ? [[objectId, { attributes, groupIds }] as const] : [],
  );
  const earlier = { epoch: 0, number: 0 };
  const deps = { ...services, people: services.mirror.people, times: config.times };
  const survey = await surveyListed(deps, listed, { scope, ticket: earlier, revision: null, runId: 'none' });
  expect(new Set(survey.toRead)).toEqual(new Set([aroha, mere]));
  expect(survey).toMatchObject({ toGive: [], warnings: 4, failed: 0 });
});

test('who moved from the one group to the other is read by themselves and loses the old team', async () => {
  await atRest(stack);
  stack.tenant.directory.removeMember(crew, aroha);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', counts: { seen: 2 } });
  expect([await teamsOf(aroha), await teamsOf(mere)]).toEqual([named('South'), named('North', 'South')]);
});

test('a group that is closed to us while its members are read takes nothing', async () => {
  await atRest(stack);
  stack.simulator.faults.clear();
  stack.simulator.faults.add({
    match: { path: pagesOfOffice() },
    after: 0,
    times: 1,
    action: {
      delayMs: LATE_MS,
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: 'denied' } },
    },
  });
  const run = await stack.sync();
  expect(run).toMatchObject({ counts: { teamRemoved: 0, archived: 0 } });
  expect([await teamsOf(aroha), await teamsOf(mere)]).toEqual([named('South'), named('North', 'South')]);
});
