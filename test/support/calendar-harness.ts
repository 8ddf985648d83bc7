import { connectMicrosoft, type OpenOptions, openServices, type Services } from '../../src/compose.js';
import { createLog } from '../../src/kernel/log.js';
import { CALENDARS, type CalendarRow } from '../../src/mirror/calendars-store.js';
import { windowOf } from '../../src/projection/calendar/horizon.js';
import type { CalendarRule } from '../../src/projection/calendar/types.js';
import { calendarActivitiesOf } from '../../src/records/activities/calendar-activities.js';
import { ACTIVITIES, type ActivityRow } from '../../src/records/activities/types.js';
import { USERS, type UserRow } from '../../src/records/types.js';
import type { FaultBook } from '../../src/simulator/server/fault-book.js';
import { startSimulator } from '../../src/simulator/server/start-simulator.js';
import { createWorld, REQUESTED_ROLES } from '../../src/simulator/world/create-world.js';
import type { Tenant } from '../../src/simulator/world/types.js';
import { createApply } from '../../src/sync/apply.js';
import {
  type ApplyCalendarsDeps,
  applyCalendars,
  type CalendarToApply,
} from '../../src/sync/mailboxes/apply/apply-calendars.js';
import { type CalendarRead, readCalendarOf } from '../../src/sync/mailboxes/read-calendar.js';
import { createLane } from '../../src/sync/ordering/lane.js';
import { createTickets } from '../../src/sync/ordering/tickets.js';
import type { Owner } from '../../src/sync/owner.js';
import type { PersonRead } from '../../src/sync/plan/decide.js';
import { calendarOf } from './calendar-scene.js';
import { openTestStore } from './database.js';
import { dropDatabase, setUpEnterprise, stackConfig } from './stack.js';

/** Reads and applies calendars of a simulated tenant, one at a time and by call: no worker, no waiting. */
export interface CalendarHarness {
  readonly services: Services;
  readonly tenant: Tenant;
  readonly faults: FaultBook;
  /** Reads and writes by this lease; a test that gives it away puts another in its place. */
  owner: Owner;
  /** What the work on calendars is built from. */
  readonly deps: ApplyCalendarsDeps & Omit<Services, 'people'>;
  readonly enterpriseId: string;
  readonly zone: string;
  window(): { readonly from: Date; readonly to: Date };
  /** Somebody with a mailbox and a record, in a mapped group. */
  person(name: string): Promise<UserRow>;
  read(user: UserRow): Promise<CalendarRead>;
  apply(what: CalendarToApply, other?: Partial<ApplyCalendarsDeps>): Promise<unknown>;
  /** One reading, applied. */
  readAndApply(user: UserRow): Promise<void>;
  activities(user: UserRow): Promise<ActivityRow[]>;
  row(user: UserRow): Promise<CalendarRow | null>;
  setRule(rule: CalendarRule): Promise<void>;
  /** As if the person's calendar had never been read. */
  forget(user: UserRow): Promise<void>;
  close(): Promise<void>;
}

export const objectIdOf = (user: UserRow) => user.entra?.objectId ?? '';

/** Time and chance of service and tenant; left out, the system's. */
type Given = Pick<OpenOptions, 'clock' | 'chance'>;

export async function openCalendarHarness(given: Given = {}): Promise<CalendarHarness> {
  const base = await openBase(given);
  const { services, tenant, faults, owner, enterpriseId, apply, groupId } = base;
  const { store, mirror } = services;
  const deps = { ...services, ...mirror, people: mirror.people, apply, times: { lagMailboxMs: 0, looksMs: [] } };
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const zone = 'Pacific/Auckland';
  const harness: CalendarHarness = {
    ...{ services, tenant, faults, owner, deps, enterpriseId, zone, close: base.close },
    window: () => windowOf({ frequency: 'daily', zone, now: services.clock.now() }),
    person: async (name) => {
      const by = harness.owner;
      const mail = `${name}@kiwipower.test`;
      const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
      const mailbox = { timeZone: 'New Zealand Standard Time', userPurpose: 'user' };
      const { objectId } = tenant.directory.createUser(properties, mailbox);
      const reads = [presentIn(groupId, { objectId, mail, ticket: by.tickets.draw(), at: services.clock.now() })];
      const causeOf = () => ({ by: 'recheck', traceId: null, runId: null, graphRequestId: null }) as const;
      await apply.people(by, { reads, changes: new Map(), runId: null, causeOf });
      const user = await store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
      if (user === null) throw new Error(`${name} has no record`);
      return user;
    },
    read: async (user) => {
      const rows =
        (await calendarActivitiesOf(store, { userIds: [user._id], now: services.clock.now() })).get(user._id) ?? [];
      const activities = new Map(rows.map((row) => [row._id, row]));
      const about = { objectId: objectIdOf(user), activities, priority: 'run', at: services.clock.now() } as const;
      return readCalendarOf(harness.owner, { ...about, window: harness.window() });
    },
    apply: (what, other) => applyCalendars({ ...deps, ...other }, harness.owner, [what]),
    readAndApply: async (user) => {
      const read = await harness.read(user);
      if (read.status !== 'ok' || read.incomplete) throw new Error(`the calendar was not read: ${read.status}`);
      await harness.apply({ objectId: objectIdOf(user), read, change: null, runId: null });
    },
    activities: (user) => rows.find({ userId: user._id }).sort({ scheduledStart: 1, _id: 1 }).toArray(),
    row: (user) => calendarOf(mirror.calendars, tenant.id, objectIdOf(user)),
    setRule: async (calendarRule) => {
      const rule = { 'inEffect.settings.calendarRule': calendarRule };
      await store.collection<{ _id: string }>('integrations').updateOne({ _id: enterpriseId }, { $set: rule });
    },
    forget: async (user) => {
      await rows.deleteMany({ userId: user._id });
      await store.collection<CalendarRow>(CALENDARS).deleteMany({ objectId: objectIdOf(user) });
    },
  };
  return harness;
}

async function openBase(given: Given) {
  const database = await openTestStore();
  await database.store.close();
  const tenants = [{ people: 0, groups: 0, consentedRoles: REQUESTED_ROLES }];
  const world = createWorld({ seed: 1, tenants, ...(given.clock && { clock: given.clock }) });
  const simulator = await startSimulator({ world });
  const [tenant] = simulator.world.tenants.values();
  if (!tenant) throw new Error('the simulator has no tenant');
  const config = stackConfig({ simulator, uri: database.uri, port: 9, opsPort: 10, env: {} });
  const services = await openServices(config, { ...given, log: createLog(config.logLevel), path: '' });
  const microsoft = connectMicrosoft(services, config);
  const names = ['North'];
  const { enterpriseId, teams } = await setUpEnterprise({ services, microsoft, tenant, names, calendarSync: true });
  const groupId = tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId, teamId: teams['North'] ?? '' }, 'test');
  const { store } = services;
  // What a first run would have put in effect and found.
  // The guard has tests of its own: what is tried here takes away as much at once as it likes.
  const settings = { $mergeObjects: ['$settings', { removalBrakePercent: 100 }] };
  const inEffect = { revision: 1, settings };
  await store.db.collection<{ _id: string }>('integrations').updateOne({ _id: enterpriseId }, [{ $set: { inEffect } }]);
  const group = { tenantId: tenant.id, groupId, state: 'ok', above: [groupId] };
  await store.db.collection<{ _id: string }>('groups').insertOne({ _id: `${tenant.id}:${groupId}`, ...group });
  const lease = await services.leases.take(enterpriseId, tenant.id);
  if (lease === null) throw new Error('the tenant is not free');
  const { signal } = new AbortController();
  const graph = microsoft.graphFor(tenant.id);
  const owner: Owner = { ...lease, graph, signal, lane: createLane(), tickets: createTickets(lease.epoch) };
  const times = { lagDirectoryMs: 0, looksMs: [], ripeningMs: 0, goneConfirmMs: 0, problemDelayMs: 0 };
  const apply = createApply({ ...services, people: services.mirror.people, times });
  const close = async () => {
    await services.close();
    await simulator.close();
    await dropDatabase(database.uri);
  };
  return { services, tenant, faults: simulator.faults, owner, enterpriseId, apply, groupId, close };
}

type Moment = PersonRead['moment'];

function presentIn(
  groupId: string,
  { objectId, mail, ticket, at }: { objectId: string; mail: string; ticket: Moment['ticket']; at: Date },
): PersonRead {
  const values = { mail, displayName: mail, givenName: mail };
  const attributes = { accountEnabled: true, userType: null, userPrincipalName: mail, values };
  const seen = { state: 'present', attributes, groupIds: [groupId] } as const;
  const origin = { revision: 1, requestId: null, notified: false, movesGroups: true } as const;
  return {
    ...{ objectId, seen, evidence: 'own_read', freshGroups: new Map(), ...origin },
    moment: { ticket, at, lagMs: 0 },
  };
}
