import type { Clock } from '../../kernel/clock.js';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.js';
import { type DirectoryState, putUser } from './directory/directory-state.js';
import { createEventSeeder } from './seed/seed-events.js';
import { seedGroups } from './seed/seed-groups.js';
import { seedPerson } from './seed/seed-person.js';
import { createSeededRandom, type SeededRandom } from './seeded-random.js';
import { createSimulatedClock } from './simulated-clock.js';
import { createTenant } from './tenant.js';
import type { Switches, Tenant, World } from './types.js';

/** Template ids of roles as they stand in `wids` (Microsoft Entra documentation, built-in roles). */
export const GLOBAL_ADMINISTRATOR_WID = '62e90394-69f5-4237-9190-012177145e10';
export const ORDINARY_USER_WID = 'b79fbf4d-3ef9-4689-8143-76b194e85509';

/** The password of everybody who can sign in: nothing here is worth protecting. */
export const SIMULATED_PASSWORD = 'simulated-password';

/** Application permissions the registration asks for; an administrator's consent grants all of them. */
export const REQUESTED_ROLES: readonly string[] = [
  ...['User.Read.All', 'Group.Read.All', 'GroupMember.Read.All', 'Calendars.Read', 'MailboxSettings.Read'],
];

const COMPANIES = ['Contoso', 'Fabrikam', 'Tailspin', 'Wingtip', 'Adatum', 'Northwind', 'Litware', 'Proseware'];

export interface TenantSeed {
  /** A GUID; seeded where not given. */
  readonly id?: string;
  readonly people: number;
  readonly groups: number;
  readonly displayName?: string;
  /** Empty unless given: consent is given by an administrator on the consent page. */
  readonly consentedRoles?: readonly string[];
  /** Single events and series in each mailbox, in the days around the start; none unless given. */
  readonly eventsPerPerson?: number;
}

/**
 * A world of simulated tenants; the same seed gives the same world. The first two people of a tenant can sign in:
 * admin@{domain}, a Global Administrator, and worker@{domain}; with fewer people these exist for sign-in only.
 */
export function createWorld(options: {
  seed: number;
  clock?: Pick<Clock, 'nowMs'>;
  tenants: readonly TenantSeed[];
}): World {
  const { seed } = options;
  const clock = createSimulatedClock(options.clock);
  const random = createSeededRandom(`world ${seed}`);
  const application = createApplication(random);
  const tenants = new Map<string, Tenant>();
  for (const [index, tenantSeed] of options.tenants.entries()) {
    const id = (tenantSeed.id ?? random.guid()).toLowerCase();
    const company = COMPANIES[index % COMPANIES.length] ?? '';
    const number = index < COMPANIES.length ? '' : String(index);
    const domain = `${company.toLowerCase()}${number}.example`;
    const tenantRandom = createSeededRandom(`tenant ${seed} ${index}`);
    const fill = (state: DirectoryState) => fillTenant(state, { random: tenantRandom, domain, seed: tenantSeed });
    const names = { displayName: tenantSeed.displayName ?? `${company}${number}`, domain };
    const consentedRoles = tenantSeed.consentedRoles ?? [];
    const eventsOf = createEventSeeder({
      ...{ seed: `${seed} ${index}`, count: tenantSeed.eventsPerPerson ?? 0, nowMs: clock.nowMs() },
    });
    tenants.set(id, createTenant({ id, ...names, clock, random: tenantRandom, fill, consentedRoles, eventsOf }));
  }
  return { clock, seed, tenants, application, switches: defaultSwitches() };
}

function createApplication(random: SeededRandom): World['application'] {
  return {
    clientId: random.guid(),
    clientSecret: `simulated~${random.guid().replaceAll('-', '')}`,
    certificates: [],
    redirectUris: ['localhost', '127.0.0.1'].flatMap((host) => [
      `http://${host}/connect/callback`,
      `http://${host}/connect/consent`,
      `http://${host}/sign-in/callback`,
    ]),
    expiredSecrets: [],
    requestedRoles: REQUESTED_ROLES,
  };
}

function fillTenant(
  state: DirectoryState,
  options: { random: SeededRandom; domain: string; seed: TenantSeed },
): Tenant['administrators'] {
  const { random, domain, seed } = options;
  const context = { random, domain, namesTaken: new Map<string, number>() };
  const administrators: Tenant['administrators'] = new Map();
  const accounts = [
    { alias: 'admin', wids: [GLOBAL_ADMINISTRATOR_WID, ORDINARY_USER_WID] },
    { alias: 'worker', wids: [ORDINARY_USER_WID] },
  ];
  for (let index = 0; index < Math.max(seed.people, accounts.length); index += 1) {
    const account = accounts[index];
    const person = seedPerson(context, index, account?.alias);
    if (index < seed.people) putUser(state, { ...person, ordinal: state.nextOrdinal() });
    if (account === undefined) continue;
    const signIn = { objectId: person.id, password: SIMULATED_PASSWORD, wids: account.wids };
    administrators.set(`${account.alias}@${domain}`, signIn);
  }
  seedGroups(state, random, seed.groups);
  return administrators;
}

function defaultSwitches(): Switches {
  return {
    duplicateSubscriptions: 'conflict',
    expiredDeltaToken: 'bad_request',
    membersInGroupNotifications: true,
    eventBursts: true,
    richFault: 'none',
    directoryExpiryTenMinutesLess: false,
    replicaLagsMs: [0],
    resourceUnitsPer10s: null,
    throttling: true,
    delta: {
      ...{ userPageSize: 200, groupPageSize: 100, membersPageSize: 1_000, replayShare: 0.05, emptyPageShare: 0.05 },
      ...{ removedInInitialRound: true, tokenLifetimeMs: 7 * DAY_MS },
    },
    pageTokenLifetimeMs: HOUR_MS,
  };
}
