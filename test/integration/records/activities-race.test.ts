import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createPeople as createMirror, PEOPLE_INDEXES } from '../../../src/mirror/people-store.js';
import { createActivities } from '../../../src/records/activities/activities.js';
import { ACTIVITY_INDEXES } from '../../../src/records/activities/activity-indexes.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { createPeople } from '../../../src/records/people.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { type ApplyDeps, createApply } from '../../../src/sync/apply.js';
import { createLeases } from '../../../src/sync/lease.js';
import { createLane } from '../../../src/sync/ordering/lane.js';
import { createTickets } from '../../../src/sync/ordering/tickets.js';
import type { Owner } from '../../../src/sync/owner.js';
import type { PersonRead } from '../../../src/sync/plan/decide.js';
import { newIntegration } from '../../../src/tenancy/new-integration.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const BY = { who: 'test' };
const TIMES = { lagDirectoryMs: 0, looksMs: [], ripeningMs: 0, goneConfirmMs: 0, problemDelayMs: 0 };

let opened: TestStore;
let owner: Owner;
let deps: ApplyDeps;

beforeAll(async () => {
  opened = await openTestStore();
  const { store } = opened;
  await ensureIndexes(store, [...USER_INDEXES, ...ACTIVITY_INDEXES, ...PEOPLE_INDEXES]);
  const insert = (collection: string, row: { _id: string } & Record<string, unknown>) =>
    store.collection<{ _id: string }>(collection).insertOne(row);
  await insert('organisations', { _id: 'org', enterpriseId: 'e1', name: 'Lines', zone: 'UTC', country: 'NZ' });
  await insert('teams', { _id: 'team', enterpriseId: 'e1', organisationId: 'org', name: 'North', settings: {} });
  const mapping = { id: 'm1', groupId: 'g1', teamId: 'team', organisationId: 'org', priority: 1, createdAt: '' };
  const integration = newIntegration('e1');
  const settings = { ...integration.settings, usersSync: true, mappings: [mapping], removalBrakePercent: 100 };
  await insert('integrations', { ...integration, tenantId: TENANT, settings, inEffect: { revision: 1, settings } });
  await insert('groups', { _id: `${TENANT}:g1`, tenantId: TENANT, groupId: 'g1', state: 'ok', above: ['g1'] });
  const base = { store, clock: systemClock, chance: systemChance, log: createLog('silent') };
  deps = { ...base, people: createMirror(base), changes: createChanges(base), times: TIMES };
  const lease = await createLeases({ ...base, holder: 'here' }).take('e1', TENANT);
  if (!lease) throw new Error('the tenant is not free');
  const nobody = () => {
    throw new Error('nothing is read here');
  };
  const graph = new Proxy({}, { get: nobody }) as Owner['graph'];
  const { signal } = new AbortController();
  owner = { ...lease, graph, signal, lane: createLane(), tickets: createTickets(lease.epoch) };
});

afterAll(() => opened?.drop());

const users = () => opened.store.collection<UserRow>(USERS);

/** Somebody whom the sync knows, and the read that says that the account is disabled. */
async function leaver(name: string): Promise<{ user: UserRow; read: PersonRead }> {
  const email = `${name}@kiwipower.test`;
  const added = await createPeople(deps).add({ enterpriseId: 'e1', organisationId: 'org', fields: { email } }, BY);
  const objectId = systemChance.guid();
  const linkedAt = systemClock.now();
  const entra = { tenantId: TENANT, objectId, linkedBy: 'sync', linkedAt, lastSynced: { email } } as const;
  await users().updateOne({ _id: added._id }, { $set: { origin: 'entra', entra } });
  const attributes = { accountEnabled: false, userType: null, userPrincipalName: email, values: { mail: email } };
  const seen = { state: 'present', attributes, groupIds: ['g1'] } as const;
  const moment = { ticket: owner.tickets.draw(), at: systemClock.now(), lagMs: 0 };
  const origin = { revision: 1, requestId: null, notified: false, movesGroups: true } as const;
  return { user: added, read: { objectId, seen, evidence: 'own_read', moment, freshGroups: new Map(), ...origin } };
}

function archive(read: PersonRead, people = deps.people) {
  const causeOf = () => ({ by: 'recheck', traceId: null, runId: null, graphRequestId: null }) as const;
  return createApply({ ...deps, people }).people(owner, { reads: [read], changes: new Map(), runId: null, causeOf });
}

async function stateOf({ _id }: UserRow): Promise<string> {
  const open = await opened.store.collection<ActivityRow>(ACTIVITIES).countDocuments({ userId: _id, open: true });
  return `${(await users().findOne({ _id }))?.status}, ${open} open`;
}

test('E10: an activity that is started while its person is being archived comes after the archive, and is refused', async () => {
  const { user, read } = await leaver('between');
  let started: Promise<unknown> = Promise.resolve();
  const people = {
    ...deps.people,
    // The plan is made and partly written: the person begins right now, and meets the archive on the fence.
    write: async (...parameters: Parameters<typeof deps.people.write>) => {
      const ref = { enterpriseId: 'e1', person: user._id };
      const met = new Promise<void>((resolve) => {
        // Chance is asked for how long to wait after a conflict.
        const random = () => {
          resolve();
          return 0;
        };
        const activities = createActivities({ ...deps, chance: { ...systemChance, random } });
        started = activities.startNow(ref, {}, BY).finally(resolve);
        started.catch(() => {});
      });
      await met;
      return deps.people.write(...parameters);
    },
  };
  await archive(read, people);
  await expect(started).rejects.toMatchObject({ code: 'person_archived', field: 'person' });
  expect(await stateOf(user)).toBe('archived, 0 open');
});

test('E10: whatever comes first, nobody is archived with an open activity', async () => {
  const outcomes = new Set<string>();
  // Each of the two comes first at times; which one when, the machine decides.
  for (let round = 0; round < 24 || (outcomes.size < 2 && round < 400); round += 1) {
    const { user, read } = await leaver(`round${round}`);
    const start = () => createActivities(deps).startNow({ enterpriseId: 'e1', person: user._id }, {}, BY);
    const racers: (() => Promise<unknown>)[] = [() => archive(read), start];
    if (round % 2 === 1) racers.reverse();
    const ended = await Promise.allSettled(racers.map((run) => run()));
    const refused = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    const state = await stateOf(user);
    expect([state, ...refused]).toEqual(
      state.startsWith('archived') ? ['archived, 0 open', 'person_archived'] : ['invited, 1 open'],
    );
    outcomes.add(state);
  }
  expect([...outcomes].sort()).toEqual(['archived, 0 open', 'invited, 1 open']);
});
