import type { LiveCounter } from '../../../src/store/live.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const BY = { who: 'cli:test' };

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});
afterAll(() => stack?.close());

const counters = async () => {
  const { services, enterpriseId } = stack;
  return (await services.live.read([enterpriseId])).get(enterpriseId) ?? { runs: 0, problems: 0, changes: 0 };
};

/** Which counters an act raised, when it has been done. */
async function raisedBy(act: () => Promise<unknown>): Promise<LiveCounter[]> {
  const before = await counters();
  await act();
  const after = await counters();
  return (['runs', 'problems', 'changes'] as const).filter((name) => after[name] > before[name]);
}

function member(name: string, mail: string): string {
  const { directory } = stack.tenant;
  const userPrincipalName = `${name.replaceAll(' ', '.')}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName, accountEnabled: true };
  const { objectId } = directory.createUser(properties);
  directory.addMember(group, objectId);
  return objectId;
}

test('a run tells that it was asked for, got on and ended, and what it wrote', async () => {
  member('Aroha', 'aroha@kiwipower.test');
  const { services, enterpriseId } = stack;
  const wanted = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false } as const;
  const before = await counters();
  const { run } = await services.runs.request(wanted);
  expect((await counters()).runs).toBeGreaterThan(before.runs);
  await services.runs.wait(run._id, { timeoutMs: 60_000 });
  const after = await counters();
  expect(after.runs).toBeGreaterThan(before.runs + 2);
  expect(after.changes).toBeGreaterThan(before.changes);
});

test('a dry run tells of itself', async () => {
  expect(await raisedBy(() => stack.sync({ dry: true }))).toContain('runs');
});

test('what Graph told of is told when it is in, and a problem when it is met', async () => {
  const { services, enterpriseId, tenant } = stack;
  await subscribed(stack);
  const found = (email: string) => services.people.findOrNull(enterpriseId, email);
  const raised = await raisedBy(async () => {
    member('Ben', 'ben@kiwipower.test');
    await waitFor(async () => (await found('ben@kiwipower.test')) !== null, { message: 'Ben is not in' });
  });
  expect(raised).toContain('changes');

  const clash = await raisedBy(async () => {
    const twin = member('Other Ben', 'ben@kiwipower.test');
    const problems = () => services.problems.list(enterpriseId, { objectId: twin });
    await waitFor(async () => (await problems()).length > 0, { message: 'no problem' });
    tenant.directory.deleteUser(twin, false);
    await waitFor(async () => (await problems()).length === 0, { message: 'the problem stays' });
  });
  expect(clash).toContain('problems');
});

test('what people do in GetHomeSafe is told: records, settings, mappings, problems', async () => {
  const { services, enterpriseId, organisationId, teams } = stack;
  const add = () => services.people.add({ enterpriseId, organisationId, fields: { email: 'cher@kiwipower.test' } }, BY);
  expect(await raisedBy(add)).toContain('changes');
  const set = () => services.settings.setSettings(enterpriseId, { removalBrakePercent: 40 }, { by: 'test' });
  expect(await raisedBy(set)).toContain('changes');
  const mapping = { groupId: group, teamId: teams['South'] ?? '' };
  expect(await raisedBy(() => services.teamMappings.mapTeam(enterpriseId, mapping, 'test'))).toContain('changes');

  member('Yet another Ben', 'ben@kiwipower.test');
  const open = () => services.problems.list(enterpriseId);
  await waitFor(async () => (await open()).length > 0, { message: 'no problem' });
  const ids = (await open()).map(({ id }) => id);
  const ignore = () => services.problemActs.ignore(enterpriseId, ids, BY);
  expect(await raisedBy(ignore)).toEqual(expect.arrayContaining(['problems', 'changes']));
});
