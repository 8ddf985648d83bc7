import type { Groups } from '../../mirror/groups-store.js';
import type { People as Mirror } from '../../mirror/people-store.js';
import type { GroupRowState, PersonRow } from '../../mirror/types.js';
import { previewAttributes } from '../../projection/preview.js';
import { FIELD_TARGETS, type FieldSource, type FieldTarget, type ProblemCode } from '../../projection/types.js';
import type { UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { type IntegrationRow, ORGANISATIONS, type OrganisationRow, TEAMS, type TeamRow } from '../../tenancy/types.js';

/** A mapped group through which a person was seen, and where its mappings lead. */
export interface GroupOfPerson {
  readonly id: string;
  readonly name: string | null;
  readonly state: GroupRowState | null;
  /** Whether it counts already: group changes may wait for the next sync. */
  readonly inEffect: boolean;
  readonly mappings: readonly {
    readonly id: string;
    readonly teamId: string;
    /** null: the team does not exist any more, and the mapping gives nothing. */
    readonly teamName: string | null;
    /** Where the team is now. */
    readonly organisationId: string | null;
    readonly priority: number;
  }[];
}

/** One field from its source to the record. */
export interface FieldOfPerson {
  readonly target: FieldTarget;
  /** null: not mapped. */
  readonly source: FieldSource | null;
  /** Text at the source; null where it is empty, was not read, or nothing is mapped. */
  readonly raw: string | null;
  /** Whether the source was read at all: what was not never clears anything. */
  readonly isRead: boolean;
  /** What the raw text means. */
  readonly normalised: string | null;
  readonly problem: ProblemCode | null;
  /** What the record has. */
  readonly value: string | null;
  /** Whether Entra gave that value, or somebody typed it; null where there is none. */
  readonly origin: 'entra' | 'typed' | null;
}

export interface PersonSource
  extends Pick<PersonRow, 'state' | 'readAt' | 'attributes' | 'ripening' | 'look' | 'wantedEmailKey' | 'notifiedAt'> {
  readonly waitsFor: readonly string[];
  readonly groups: readonly GroupOfPerson[];
}

interface SourceDeps {
  readonly store: Store;
  readonly mirror: { readonly people: Pick<Mirror, 'load'>; readonly groups: Pick<Groups, 'load'> };
}

/** What the mirror holds of a person, with what each group means for this enterprise; null: out of scope. */
export async function sourceOfPerson(
  { store, mirror }: SourceDeps,
  { integration, objectId }: { integration: IntegrationRow; objectId: string | null },
): Promise<PersonSource | null> {
  const { tenantId, settings, inEffect } = integration;
  if (tenantId === null || objectId === null) return null;
  const row = (await mirror.people.load({ tenantId, objectIds: [objectId] })).get(objectId);
  if (row === undefined) return null;
  const { mappings } = inEffect?.settings ?? settings;
  const known = await mirror.groups.load(tenantId, row.groupIds);
  const teams = await store.collection<TeamRow>(TEAMS).find({ enterpriseId: integration._id }).toArray();
  const teamOf = new Map(teams.map((team) => [team._id, team]));
  const groups = row.groupIds.map((groupId) => ({
    id: groupId,
    name: known.get(groupId)?.displayName ?? null,
    state: known.get(groupId)?.state ?? null,
    inEffect: row.groupIdsInEffect.includes(groupId),
    mappings: mappings
      .filter((mapping) => mapping.groupId === groupId)
      .map(({ id, teamId, priority }) => {
        const { name: teamName = null, organisationId = null } = teamOf.get(teamId) ?? {};
        return { id, teamId, teamName, organisationId, priority };
      }),
  }));
  const { state, readAt, attributes, ripening, look, wantedEmailKey, waitsFor, notifiedAt } = row;
  return { state, readAt, attributes, ripening, look, wantedEmailKey, notifiedAt, waitsFor, groups };
}

/** Each mapped field from the attribute to the record, by the rules and settings of a sync. */
export async function fieldsOfPerson(
  store: Store,
  about: { integration: IntegrationRow; source: PersonSource | null; user: UserRow | null },
): Promise<FieldOfPerson[]> {
  const { integration, source, user } = about;
  const mappings = (integration.inEffect?.settings ?? integration.settings).fields;
  const attributes = source?.attributes ?? null;
  const organisation = await homeOf(store, about);
  const previews = attributes ? previewAttributes(attributes, { mappings, organisation }) : [];
  const previewOf = new Map(previews.map((preview) => [preview.target, preview]));
  return FIELD_TARGETS.map((target) => {
    const preview = previewOf.get(target);
    const from = preview?.source ?? mappings[target];
    const isOurs = from === 'organisation.timeZone' && organisation.zone !== undefined;
    const isRead = from !== null && (isOurs || attributes?.values[from] !== undefined);
    const { raw = null, value: normalised = null, problem = null } = preview ?? {};
    const value = user?.[target] ?? null;
    return { target, source: from, raw, isRead, normalised, problem, value, origin: originOf(user, target) };
  });
}

function originOf(user: UserRow | null, target: FieldTarget): 'entra' | 'typed' | null {
  const value = user?.[target] ?? null;
  if (value === null) return null;
  return user?.entra?.lastSynced[target] === value ? 'entra' : 'typed';
}

/** Of the home organisation; of the one that the person would come into, where there is no record. */
async function homeOf(
  store: Store,
  { integration, source, user }: { integration: IntegrationRow; source: PersonSource | null; user: UserRow | null },
): Promise<HomeOrganisation> {
  const wanted = source?.groups.flatMap(({ mappings }) => mappings).sort((a, b) => a.priority - b.priority) ?? [];
  return homeOrganisation(store, integration._id, user?.organisationId ?? wanted[0]?.organisationId ?? null);
}

/** What of an organisation matters for fields: national phone numbers, and its time zone. */
export interface HomeOrganisation {
  readonly country: string | null;
  readonly zone: string | undefined;
}

export async function homeOrganisation(
  store: Store,
  enterpriseId: string,
  organisationId: string | null,
): Promise<HomeOrganisation> {
  if (organisationId === null) return { country: null, zone: undefined };
  const organisations = store.collection<OrganisationRow>(ORGANISATIONS);
  const found = await organisations.findOne({ _id: organisationId, enterpriseId });
  return { country: found?.country ?? null, zone: found?.zone };
}
