import { graphUserSchema } from '../../../src/graph/graph-user.js';
import { attributesOf } from '../../../src/projection/attributes.js';
import type { EmailHolder } from '../../../src/projection/claims.js';
import { DEFAULT_FIELD_MAPPINGS } from '../../../src/projection/default-field-mappings.js';
import { emailKeyOf } from '../../../src/projection/email-address.js';
import { project } from '../../../src/projection/project.js';
import type { Attributes, PresentRecord, ProjectionInput, Reading, SyncRules } from '../../../src/projection/types.js';
import { createWorld } from '../../../src/simulator/world/create-world.js';
import type { DirectoryUser } from '../../../src/simulator/world/types.js';
import { recordAfter } from './record-after.js';

/** What a plan of everybody is made from: read from Entra and the database beforehand. */
export interface PlannedPeople {
  readonly inputs: readonly ProjectionInput[];
  /** Object ids of those of whom something differs. */
  readonly changed: ReadonlySet<string>;
  readonly holders: ReadonlyMap<string, EmailHolder>;
  readonly linkedByTeam: ReadonlyMap<string, number>;
}

const GROUPS = 100;
const GROUPS_A_PERSON = 3;
const ORGANISATIONS = 5;
const LEADERS_A_TEAM = 3;
/** One in so many differs from the record. */
const CHANGED_EVERY = 10;

const organisationIds = Array.from({ length: ORGANISATIONS }, (_, index) => `organisation-${index}`);
const groupIds = Array.from({ length: GROUPS }, (_, index) => `group-${index}`);

/** People as the simulated tenant seeds them, most of them in step with their records; another tenant for each seed. */
export function plannedPeople(count: number, seed: number): PlannedPeople {
  const [tenant] = createWorld({ seed, tenants: [{ people: count, groups: 0 }] }).tenants.values();
  if (!tenant) throw new Error('the world has no tenant');
  const ground = groundOf();
  const inputs: ProjectionInput[] = [];
  const changed = new Set<string>();
  const linkedByTeam = new Map<string, number>();
  const holders = new Map<string, EmailHolder>();
  for (const [index, user] of [...tenant.view().users()].entries()) {
    const reading = readingOf(user, index);
    const newcomer: ProjectionInput = { ...ground, objectId: user.id, reading, record: null };
    const created = recordAfter(project(newcomer), `record-${index}`);
    const record = created && { ...created, memberships: led(created, linkedByTeam) };
    const now = { ...newcomer, record, reading: respelled(reading) };
    const isChanged = record !== null && index % CHANGED_EVERY === 0;
    if (isChanged) changed.add(user.id);
    inputs.push(isChanged ? differing(now, index) : now);
    const key = emailKeyOf(record?.fields.email ?? '');
    const holder = { origin: 'entra', linkedObjectId: user.id, sameEnterprise: true } as const;
    if (record && key && inputs.at(-1)?.record) holders.set(key, { ...holder, recordId: record.id });
  }
  return { inputs, changed, holders, linkedByTeam };
}

function groundOf(): Pick<ProjectionInput, 'rules' | 'organisations' | 'teams' | 'groups'> {
  const mappings = groupIds.map((groupId, index) => ({
    ...{ id: `mapping-${index}`, groupId, teamId: `team-${index}`, priority: index },
    ...{ organisationId: organisationOf(index), createdAt: '2026-01-01T00:00:00Z' },
  }));
  const rules: SyncRules = {
    ...{ fields: DEFAULT_FIELD_MAPPINGS, mappings, onLeaveAllGroups: 'keep', onDisabledOrDeleted: 'archive' },
    ...{ includeGuests: false, removalBrakePercent: 25 },
  };
  return {
    rules,
    organisations: new Map(organisationIds.map((id) => [id, { id, country: 'NZ', zone: 'Pacific/Auckland' }])),
    teams: new Map(
      mappings.map(({ teamId, organisationId }) => {
        return [teamId, { id: teamId, organisationId, leaderCount: LEADERS_A_TEAM }];
      }),
    ),
    groups: new Map(groupIds.map((groupId) => [groupId, 'ok'])),
  };
}

function organisationOf(group: number): string {
  return organisationIds[group % ORGANISATIONS] ?? '';
}

type Present = Extract<Reading, { state: 'present' }>;

/** In some groups of one organisation; one in twenty is in a group of another one too. */
function readingOf({ id, properties, mailbox }: DirectoryUser, index: number): Present {
  const user = graphUserSchema.parse({ ...properties, id });
  const organisation = index % ORGANISATIONS;
  // Spread over the organisation's groups, so that what happens to people falls on no team more than on others.
  const first = Math.floor(index / ORGANISATIONS) * 7 + Math.floor(index / GROUPS);
  const steps = Array.from({ length: GROUPS_A_PERSON }, (_, step) => organisation + (first + step) * ORGANISATIONS);
  const groups = index % 20 === 7 ? [...steps, index + 1] : steps;
  const attributes = attributesOf(user, typeof mailbox === 'string' ? null : mailbox);
  return { state: 'present', attributes, groupIds: groups.map((group) => groupIds[group % GROUPS] ?? '') };
}

/** Each team's first members lead it. */
function led({ memberships }: PresentRecord, linkedByTeam: Map<string, number>): PresentRecord['memberships'] {
  return memberships.map((membership) => {
    const before = linkedByTeam.get(membership.teamId) ?? 0;
    linkedByTeam.set(membership.teamId, before + 1);
    return { ...membership, isLeader: before < LEADERS_A_TEAM };
  });
}

/** The same phone number in another spelling: what the rules remember of the records' making is of no help. */
function respelled(reading: Present): Present {
  const phone = reading.attributes.values.mobilePhone;
  return phone ? withValue(reading, { mobilePhone: `${phone.slice(0, -3)}  ${phone.slice(-3)}` }) : reading;
}

function withValue(reading: Present, values: Attributes['values']): Present {
  return { ...reading, attributes: { ...reading.attributes, values: { ...reading.attributes.values, ...values } } };
}

/** One of the things that happen to people, by turns; names change most often. */
function differing(input: ProjectionInput & { reading: Present }, index: number): ProjectionInput {
  const { reading } = input;
  switch ((index / CHANGED_EVERY + Math.floor(index / GROUPS)) % 10) {
    case 0:
      return { ...input, record: null };
    case 1:
      return { ...input, reading: { ...reading, attributes: { ...reading.attributes, accountEnabled: false } } };
    case 2:
      return { ...input, reading: { ...reading, groupIds: reading.groupIds.slice(1) } };
    case 3:
      return { ...input, reading: withValue(reading, { mail: `renamed.${index}@contoso.example` }) };
    case 4:
    case 5:
      return { ...input, reading: withValue(reading, { mobilePhone: `+6421${1_000_000 + index}` }) };
    default:
      return { ...input, reading: withValue(reading, { surname: `Changed ${index}` }) };
  }
}
