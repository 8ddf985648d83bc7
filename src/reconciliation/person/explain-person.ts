import type { Changes } from '../../changes/create-changes.js';
import type { ChangeRow } from '../../changes/types.js';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { Groups } from '../../mirror/groups-store.js';
import type { People as Mirror } from '../../mirror/people-store.js';
import { emailKeyOf } from '../../projection/email-address.js';
import type { Decisions, DecisionView } from '../../records/decisions.js';
import type { Ledger } from '../../records/ledger.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { PersonRef } from '../../records/people.js';
import type { PersonView, PersonViews } from '../../records/person-view.js';
import type { Problems, ProblemView } from '../../records/problems/problems.js';
import type { LedgerRow, UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import {
  type FieldOfPerson,
  fieldsOfPerson,
  type GroupOfPerson,
  type PersonSource,
  sourceOfPerson,
} from './source-of-person.js';

/** Newest entries of the ledger that are shown; the rest is in the history. */
const LEDGER_SHOWN = 20;

/** Why a person is as they are (`people why`), from what Entra said to what was written. */
export interface PersonExplained {
  /** Id of the record; null where there is none. */
  readonly id: string | null;
  readonly objectId: string | null;
  /** Whether the sync looks after this person, and why, in words. */
  readonly scope: string;
  readonly reading: Omit<PersonSource, 'groups' | 'waitsFor' | 'notifiedAt'> | null;
  readonly groups: readonly GroupOfPerson[];
  readonly fields: readonly FieldOfPerson[];
  readonly waitsFor: readonly string[];
  /** When Graph last told something about the person that has been looked at, and whether more is to be done. */
  readonly notifications: { readonly lastAt: Date | null };
  readonly change: OpenChange | null;
  readonly record: Pick<PersonView, 'id' | 'status' | 'archivedReason' | 'teams'> | null;
  readonly problems: readonly ProblemView[];
  readonly decisions: readonly DecisionView[];
  readonly ledger: readonly LedgerEntryView[];
}

export type OpenChange = Pick<
  ChangeRow,
  'via' | 'openedAt' | 'notedAt' | 'notifiedAt' | 'dueAt' | 'attempts' | 'runId' | 'parked'
>;

export interface LedgerEntryView
  extends Pick<LedgerRow, 'at' | 'kind' | 'field' | 'before' | 'after' | 'why' | 'cause'> {
  readonly id: string;
  readonly team: string | null;
  readonly activity: string | null;
}

export interface ExplainDeps {
  readonly store: Store;
  readonly mirror: { readonly people: Pick<Mirror, 'load' | 'wanting'>; readonly groups: Pick<Groups, 'load'> };
  readonly changes: Pick<Changes, 'find'>;
  readonly people: Pick<FindPeople, 'findOrNull'>;
  readonly personViews: Pick<PersonViews, 'of'>;
  readonly problems: Pick<Problems, 'list'>;
  readonly decisions: Pick<Decisions, 'list'>;
  readonly ledger: Pick<Ledger, 'ofPerson'>;
  readonly integrations: { getIntegration(enterpriseId: string): Promise<IntegrationRow> };
}

export async function explainPerson(deps: ExplainDeps, { enterpriseId, person }: PersonRef): Promise<PersonExplained> {
  const integration = await deps.integrations.getIntegration(enterpriseId);
  const { tenantId } = integration;
  const user = await deps.people.findOrNull(enterpriseId, person);
  const objectId = user ? (user.entra?.objectId ?? null) : await objectIdOf(deps, { tenantId, person });
  const source = await sourceOfPerson(deps, { integration, objectId });
  const about = objectId === null ? null : { objectId };
  const problems = about ? await deps.problems.list(enterpriseId, { ...about, all: true }) : [];
  const change = tenantId && about ? await deps.changes.find({ tenantId, kind: 'user', ...about }) : null;
  if (user === null && source === null && problems.length === 0 && change === null) throw nobody(person);
  const view = user && (await deps.personViews.of(user));
  const ledger = user ? await deps.ledger.ofPerson(user._id, LEDGER_SHOWN) : [];
  return {
    ...{ id: user?._id ?? null, objectId, scope: scopeInWords({ user, source }), reading: source && readingOf(source) },
    groups: source?.groups ?? [],
    fields: await fieldsOfPerson(deps.store, { integration, source, user }),
    waitsFor: source?.waitsFor ?? [],
    notifications: { lastAt: later(source?.notifiedAt ?? null, change?.notifiedAt ?? null) },
    change: change && openChange(change),
    record: view && { id: view.id, status: view.status, archivedReason: view.archivedReason, teams: view.teams },
    problems,
    decisions: about ? await deps.decisions.list(enterpriseId, about) : [],
    ledger: ledger.map(entryView),
  };
}

/** Somebody without a record: by object id, or by the address that they should have. */
async function objectIdOf(
  { mirror }: ExplainDeps,
  { tenantId, person }: { tenantId: string | null; person: string },
): Promise<string | null> {
  const id = normaliseGuid(person);
  const key = id === null ? emailKeyOf(person) : null;
  if (tenantId === null || key === null) return id;
  return (await mirror.people.wanting(tenantId, [key]))[0]?.objectId ?? null;
}

function scopeInWords({ user, source }: { user: UserRow | null; source: PersonSource | null }): string {
  if (user && !user.entra) return 'Added in GetHomeSafe and not linked to Entra: the sync leaves this person alone.';
  if (source === null) return 'Out of scope: in no mapped group when last looked at.';
  const isMember = source.groups.some(({ mappings }) => mappings.length > 0);
  if (source.state === 'unread') return 'In scope, but not read from Entra yet.';
  if (isMember) return 'In scope: in a mapped group.';
  return user ? 'In scope because linked, but in no mapped group.' : 'In no mapped group.';
}

function readingOf(source: PersonSource): NonNullable<PersonExplained['reading']> {
  const { groups: _groups, waitsFor: _waitsFor, notifiedAt: _notifiedAt, ...reading } = source;
  return reading;
}

function openChange({ via, openedAt, notedAt, notifiedAt, dueAt, attempts, runId, parked }: ChangeRow): OpenChange {
  return { via, openedAt, notedAt, notifiedAt, dueAt, attempts, runId, parked };
}

function entryView(entry: LedgerRow): LedgerEntryView {
  const { _id: id, at, kind, field, teamId: team, activityId: activity = null, before, after, why, cause } = entry;
  return { id, at, kind, field, team, activity, before, after, why, cause };
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a.getTime() > b.getTime() ? a : b;
}

function nobody(person: string): AppError {
  const text = `Nobody in this enterprise has the id, object id or e-mail address "${person}".`;
  return new AppError('person_not_found', text, { status: 404, field: 'person' });
}
