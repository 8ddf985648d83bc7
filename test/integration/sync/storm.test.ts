import type { Tenant } from '../../../src/simulator/world/types.js';
import { type Stack, setUpEnterprise, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const PEOPLE = 800;
/** Notifications about each of them. */
const TIMES = 4;
/** An owner reads so many people a turn, 10 in each `$batch`. */
const BATCHES_A_TURN = 10;
const LIMIT_MS = 120_000;

let stack: Stack;
let calm: Tenant;
let calmEnterpriseId: string;
let stormy: readonly string[];
let quiet: string;

beforeAll(async () => {
  const consentedRoles = ['User.Read.All', 'Group.Read.All', 'GroupMember.Read.All', 'MailboxSettings.Read'];
  const each = { people: 0, groups: 0, consentedRoles };
  stack = await startStack({ simulator: { tenants: [each, each] } });
  const { services, microsoft, simulator, tenant } = stack;
  const other = [...simulator.world.tenants.values()].find((each) => each !== tenant);
  if (!other) throw new Error('the simulator has one tenant only');
  calm = other;
  const about = { services, microsoft, tenant: calm, names: ['North'], calendarSync: false, name: 'Calm Water' };
  const { enterpriseId, teams } = await setUpEnterprise(about);
  calmEnterpriseId = enterpriseId;
  stormy = await crew(tenant, PEOPLE, { enterpriseId: stack.enterpriseId, teamId: stack.teams['North'] ?? '' });
  [quiet = ''] = await crew(calm, 1, { enterpriseId, teamId: teams['North'] ?? '' });
  // Time zones are read mailbox by mailbox, which has nothing to do with this.
  for (const id of [stack.enterpriseId, enterpriseId]) {
    await services.settings.setSettings(id, { fields: { timeZone: null } }, { by: 'test' });
    const { run } = await services.runs.request({
      enterpriseId: id,
      trigger: 'manual',
      requestedBy: 'test',
      dry: false,
    });
    await services.runs.wait(run._id, { timeoutMs: 60_000 });
  }
  const active = () => services.store.collection('subscriptions').countDocuments({ state: 'active' });
  await waitFor(async () => (await active()) === 4, { message: 'not subscribed' });
}, LIMIT_MS);
afterAll(() => stack?.close(), LIMIT_MS);

/** People of a group that is mapped to the team. */
async function crew({ directory, domain }: Tenant, count: number, to: { enterpriseId: string; teamId: string }) {
  const groupId = directory.createGroup({ displayName: 'Field crew' }).objectId;
  const ids = Array.from({ length: count }, (_, index) => {
    const mail = `person-${index}@${domain}`;
    const names = { displayName: `Person ${index}`, givenName: 'Person', surname: String(index) };
    const account = { mail, userPrincipalName: mail, accountEnabled: true, userType: 'Member' };
    const { objectId } = directory.createUser({ ...names, ...account });
    directory.addMember(groupId, objectId);
    return objectId;
  });
  await stack.services.teamMappings.mapTeam(to.enterpriseId, { groupId, teamId: to.teamId }, 'test');
  return ids;
}

async function batches(): Promise<number> {
  const answer = await fetch(`${stack.simulator.control}/requests`);
  const { items }: { items: { path: string; tenant: string | null }[] } = JSON.parse(await answer.text());
  return items.filter(({ path, tenant }) => tenant === stack.tenant.id && path.includes('$batch')).length;
}

async function lagOf(tenantId: string): Promise<number> {
  const text = await (await fetch(`${stack.opsUrl}/metrics`)).text();
  return Number(new RegExp(`^tenant_lag_seconds\\{tenant="${tenantId}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** A burst in one tenant, then one change in the other; how many batches the first one got before that was in. */
async function batchesBeforeCalm(burst: { people: number; times: number }, surname: string): Promise<number> {
  const { services, tenant } = stack;
  const before = await services.changes.stats(tenant.id);
  for (let time = 1; time <= burst.times; time += 1)
    for (const id of stormy.slice(0, burst.people)) tenant.directory.updateUser(id, { surname: `${surname} ${time}` });
  const wanted = before.accepted + burst.people * burst.times;
  const isHere = async () => (await services.changes.stats(tenant.id)).accepted >= wanted;
  await waitFor(isHere, { message: 'the burst has not come' });
  const servedBefore = await batches();
  calm.directory.updateUser(quiet, { surname });
  const isIn = async () => (await services.people.findOrNull(calmEnterpriseId, quiet))?.lastName === surname;
  await waitFor(isIn, { message: 'the change of the calm tenant' });
  return (await batches()) - servedBefore;
}

async function atRest(): Promise<void> {
  const isOver = async () => (await stack.services.changes.stats(stack.tenant.id)).open === 0;
  await waitFor(isOver, { message: 'the storm goes on', everyMs: 100 });
}

test(
  'a burst of thousands in one tenant delays the change of another no more than a small one',
  async () => {
    // Each reading of the stormy tenant takes its time, as Graph's do.
    const match = { path: '/\\$batch', tenant: stack.tenant.id };
    const rule = { match, after: 0, times: 10_000, action: { delayMs: 500 } };
    const faults = `${stack.simulator.control}/faults`;
    const made = await fetch(faults, { method: 'POST', body: JSON.stringify(rule) });
    expect(made.status).toBe(201);
    const small = await batchesBeforeCalm({ people: 50, times: 1 }, 'Breeze');
    await atRest();
    const large = await batchesBeforeCalm({ people: PEOPLE, times: TIMES }, 'Gale');
    expect((await stack.services.changes.stats(stack.tenant.id)).open).toBeGreaterThan(0);
    expect(await lagOf(stack.tenant.id)).toBeGreaterThan(0);
    expect(await lagOf(calm.id)).toBeLessThan(await lagOf(stack.tenant.id));
    for (const served of [small, large]) expect(served).toBeLessThanOrEqual(3 * BATCHES_A_TURN);
    await fetch(faults, { method: 'DELETE' });
    const isCalm = async () => (await lagOf(stack.tenant.id)) === 0;
    await waitFor(isCalm, { message: 'the storm goes on', everyMs: 100 });
  },
  LIMIT_MS,
);
