import { createSeededRandom } from '../../../src/simulator/world/seeded-random.js';
import type { Instance } from '../machine/instance.js';
import { PLAIN_FIELDS, PROPERTY_OF, SAMPLES, ZONE } from '../oracle/values.js';
import type { Stage } from './stage.js';

/** What is there when a history begins, by name and place, so that steps can pick from it. */
export interface Scene {
  readonly enterpriseId: string;
  /** Two organisations: teams of the first are North and South, West is the second's. */
  readonly organisationIds: readonly string[];
  readonly teams: Readonly<Record<'north' | 'south' | 'west', string>>;
  /** Mapped ones: to North, South, West and North again; then one nested in the first and one in the second. */
  readonly groups: string[];
  /** Object ids of everybody who ever was in the directory. */
  readonly people: string[];
  readonly mailboxes: readonly string[];
  readonly domain: string;
}

/** Teams that the first groups are mapped to. */
const MAPPED_FIRST = ['north', 'south', 'west', 'north'] as const;
const PEOPLE = 34;
const BY = { who: 'history' };

export async function setScene(stage: Stage, instance: Instance): Promise<Scene> {
  const { tenant, graph, desk } = stage;
  const random = createSeededRandom(`scene ${stage.seed}`);
  const domain = `t${stage.seed.replaceAll(/[^a-z0-9]/gi, '')}.example`;
  const { structure, settings, teamMappings } = desk;
  const by = 'history';
  const { _id: enterpriseId } = await structure.createEnterprise({ name: `Kiwi Power ${stage.seed}`, by });
  const organisation = async (name: string) =>
    (await structure.createOrganisation({ enterpriseId, name, zone: ZONE.shown, country: 'NZ', by }))._id;
  const organisationIds = [await organisation('Lines'), await organisation('Plants')];
  const team = async (name: string, of: number) =>
    (await structure.createTeam({ organisationId: organisationIds[of] ?? '', name, by }))._id;
  const teams = { north: await team('North', 0), south: await team('South', 0), west: await team('West', 1) };
  const given = { tenantText: tenant.id, reason: 'a history', by };
  await instance.party.as(() => instance.microsoft.proofs.attest(enterpriseId, given));
  const people: string[] = [];
  const groups = graph.as(() => fillDirectory(stage, { people, domain, random }));
  for (const [index, name] of MAPPED_FIRST.entries())
    await teamMappings.mapTeam(enterpriseId, { groupId: groups[index] ?? '', teamId: teams[name] }, by);
  await settings.setSettings(
    enterpriseId,
    {
      ...{ usersSync: true, teamSync: true, calendarSync: random.below(2) > 0 },
      groupChanges: random.below(4) === 0 ? 'next_sync' : 'as_they_happen',
      onLeaveAllGroups: random.below(2) === 0 ? 'archive' : 'keep',
      onDisabledOrDeleted: random.below(4) === 0 ? 'keep' : 'archive',
    },
    { by },
  );
  return { enterpriseId, organisationIds, teams, groups, people, mailboxes: people.slice(0, 3), domain };
}

type Random = ReturnType<typeof createSeededRandom>;

function fillDirectory(
  { tenant }: Stage,
  { people, domain, random }: { people: string[]; domain: string; random: Random },
): string[] {
  const { directory } = tenant;
  const groups = ['North', 'South', 'West', 'North too', 'Below North', 'Below South'].map(
    (displayName) => directory.createGroup({ displayName }).objectId,
  );
  for (let index = 0; index < PEOPLE; index += 1) {
    const objectId = hire({ tenant, domain, random, index });
    people.push(objectId);
    // A few are in no group at first.
    if (index % 12 !== 11) directory.addMember(groups[index % 6] ?? '', objectId);
    if (random.below(5) === 0) directory.addMember(groups[random.below(6)] ?? '', objectId);
  }
  directory.addMember(groups[0] ?? '', groups[4] ?? '');
  directory.addMember(groups[1] ?? '', groups[5] ?? '');
  return groups;
}

/** The first organisation has all teams but West. */
export function organisationOf(
  { organisationIds }: Pick<Scene, 'organisationIds'>,
  team: keyof Scene['teams'],
): string {
  return organisationIds[team === 'west' ? 1 : 0] ?? '';
}

/** What is mapped when a history begins. */
export function mappedFirst(scene: Scene): { groupId: string; organisationId: string }[] {
  return MAPPED_FIRST.map((team, index) => {
    return { groupId: scene.groups[index] ?? '', organisationId: organisationOf(scene, team) };
  });
}

/** Somebody new in the directory; the first three have mailboxes. */
export function hire(parts: { tenant: Stage['tenant']; domain: string; random: Random; index: number }): string {
  const { tenant, domain, random, index } = parts;
  const fields = PLAIN_FIELDS.map((field) => [PROPERTY_OF[field], random.pick(SAMPLES[field]).raw]);
  const mail = `p${index}@${domain}`;
  const properties = { ...Object.fromEntries(fields), displayName: `Person ${index}`, mail, userPrincipalName: mail };
  const mailbox = index < 3 ? { timeZone: ZONE.raw, userPurpose: 'user' } : 'none';
  return tenant.directory.createUser({ ...properties, accountEnabled: true, userType: 'Member' }, mailbox).objectId;
}

/** Leaders of North and South, and an account administrator: said once by hand, after the first run. */
export async function appoint({ desk }: Stage, { enterpriseId, people, teams }: Scene): Promise<void> {
  const lead = (person: string | undefined, teamId: string) =>
    desk.people.setLeader({ enterpriseId, person: person ?? '' }, { teamId, on: true }, BY);
  // By their places in the groups: 0, 6 and 12 are in North, 1 and 7 in South.
  for (const index of [0, 6, 12]) await lead(people[index], teams.north);
  for (const index of [1, 7]) await lead(people[index], teams.south);
  await desk.people.edit({ enterpriseId, person: people[13] ?? '' }, { isAccountAdmin: true }, BY);
}
