import type { GraphUser } from '../../graph/graph-user.js';
import type { TenantGraph } from '../../graph/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { attributesOf, type Mailbox } from '../../projection/attributes.js';
import { emailKeyOf } from '../../projection/email-address.js';
import { explainAttributes, type FieldExplained } from '../../projection/preview.js';
import { fieldMappingsPatch, withMappings } from '../../projection/rules/field-mappings.js';
import type { Attributes, FieldMappings } from '../../projection/types.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { checked } from '../../tenancy/checked-input.js';
import { type IntegrationRow, ORGANISATIONS, type OrganisationRow, TEAMS, type TeamRow } from '../../tenancy/types.js';
import { type HomeOrganisation, homeOrganisation } from '../person/source-of-person.js';
import { askedOfEntra, entraProblem } from './asked-of-entra.js';

export interface SampleWanted {
  readonly enterpriseId: string;
  /** Id, object id or e-mail; of the enterprise, or of anybody in the tenant. */
  readonly person: string;
  /** Some field mappings to try instead of the saved ones. */
  readonly mapping: unknown;
  readonly signal: AbortSignal;
}

export interface FieldSample {
  readonly objectId: string;
  /** Id of the record; null: not in GetHomeSafe (yet). */
  readonly id: string | null;
  readonly name: string | null;
  readonly readAt: Date;
  readonly fields: readonly FieldExplained[];
}

interface SampleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly people: Pick<FindPeople, 'findOrNull'>;
  readonly integration: IntegrationRow;
  readonly graph: Pick<TenantGraph, 'searchUsers' | 'readPeople' | 'readMailboxSettings'>;
}

/**
 * What field mappings make of somebody as Entra has them now, by the rules of a sync (S22, S38, S39). Read anew, so that
 * what was corrected in Entra a moment ago shows.
 *
 * @throws AppError not_in_entra, person_not_found, invalid_input, and those of a run where Entra does not answer
 */
export async function sampleFields(deps: SampleDeps, wanted: SampleWanted): Promise<FieldSample> {
  const { integration, graph, clock } = deps;
  const mapping = checked(fieldMappingsPatch, wanted.mapping);
  const mappings = withMappings(integration.settings.fields, mapping);
  const { user, objectId } = await whoIs(deps, wanted);
  const mappedGroupIds = user ? [] : [...new Set(integration.settings.mappings.map(({ groupId }) => groupId))];
  const readAt = clock.now();
  const answer = (await graph.readPeople([objectId], { mappedGroupIds, signal: wanted.signal })).get(objectId);
  if (answer?.status === 'failed') throw entraProblem(answer.failure);
  if (answer?.status !== 'present') throw nobody(wanted.person);
  const attributes = await withMailbox(graph, { user: answer.user, mappings }, wanted.signal);
  const organisation = await homeFor(deps, { user, groupIds: answer.groupIds });
  const name = answer.user.displayName ?? answer.user.userPrincipalName ?? null;
  const fields = explainAttributes(attributes, { mappings, organisation });
  return { objectId, id: user?._id ?? null, name, readAt, fields };
}

async function whoIs(
  { people, graph, integration }: SampleDeps,
  { enterpriseId, person, signal }: SampleWanted,
): Promise<{ user: UserRow | null; objectId: string }> {
  const user = await people.findOrNull(enterpriseId, person);
  if (user && user.entra?.tenantId !== integration.tenantId) {
    const text = 'This person comes from GetHomeSafe itself: there is nothing to read in Microsoft Entra ID.';
    throw new AppError('not_in_entra', text, { status: 409, field: 'person' });
  }
  const objectId = user?.entra?.objectId ?? normaliseGuid(person);
  if (objectId !== null) return { user, objectId };
  const key = emailKeyOf(person);
  if (key === null) throw nobody(person);
  const found = await askedOfEntra(graph.searchUsers({ text: person, limit: 10 }, { signal }));
  const same = found.find(({ mail, userPrincipalName }) => [mail, userPrincipalName].some((each) => isKey(each, key)));
  if (same === undefined) throw nobody(person);
  return { user: await people.findOrNull(enterpriseId, same.id), objectId: same.id };
}

function isKey(address: string | null | undefined, key: string): boolean {
  return address != null && emailKeyOf(address) === key;
}

function nobody(person: string): AppError {
  const text = `Nobody in Microsoft Entra ID has the object id or e-mail address "${person}" now. Check the spelling.`;
  return new AppError('person_not_found', text, { status: 404, field: 'person' });
}

/** The mailbox is asked only where a field comes from it. */
async function withMailbox(
  graph: SampleDeps['graph'],
  { user, mappings }: { user: GraphUser; mappings: FieldMappings },
  signal: AbortSignal,
): Promise<Attributes> {
  if (mappings.timeZone !== 'mailboxSettings.timeZone') return attributesOf(user);
  const mailbox = (await graph.readMailboxSettings([user.id], { signal })).get(user.id);
  if (mailbox?.status === 'failed') throw entraProblem(mailbox.failure);
  if (mailbox?.status === 'no_mailbox') return { ...attributesOf(user), hasNoMailbox: true };
  if (mailbox?.status !== 'ok') return attributesOf(user);
  const { timeZone, userPurpose } = mailbox;
  const read: Mailbox = timeZone === undefined ? { userPurpose } : { timeZone, userPurpose };
  return attributesOf(user, read);
}

/** The person's own; else where a mapping would put them; else the only one there is. */
async function homeFor(
  { store, integration }: SampleDeps,
  { user, groupIds }: { user: UserRow | null; groupIds: readonly string[] },
): Promise<HomeOrganisation> {
  const { _id: enterpriseId, settings } = integration;
  if (user) return homeOrganisation(store, enterpriseId, user.organisationId);
  const [first] = settings.mappings
    .filter(({ groupId }) => groupIds.includes(groupId))
    .toSorted((a, b) => a.priority - b.priority || a.createdAt.localeCompare(b.createdAt));
  const team = first && (await store.collection<TeamRow>(TEAMS).findOne({ _id: first.teamId, enterpriseId }));
  if (team) return homeOrganisation(store, enterpriseId, team.organisationId);
  const [only, another] = await store
    .collection<OrganisationRow>(ORGANISATIONS)
    .find({ enterpriseId })
    .limit(2)
    .toArray();
  return homeOrganisation(store, enterpriseId, only && !another ? only._id : null);
}
