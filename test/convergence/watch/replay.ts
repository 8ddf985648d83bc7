import type { OracleRecord } from '../oracle/facts.js';
import type { LedgerFacts } from './ledger-facts.js';

interface Replayed {
  status: string;
  fields: Record<string, unknown>;
  /** Justifying mappings by team. */
  teams: Map<string, { mappingIds: readonly string[]; manual: boolean }>;
}

const FIELDS = ['email', 'firstName', 'lastName', 'mobilePhone', 'country', 'timeZone'];

/** What the ledger, replayed from the start, does not agree with the records about. */
export function replayDiffers(entries: readonly LedgerFacts[], records: readonly OracleRecord[]): string[] {
  const complaints: string[] = [];
  const people = new Map<string, Replayed>();
  for (const entry of entries) complaints.push(...replay(people, entry));
  for (const record of records) {
    const person = people.get(record.id);
    if (!person) complaints.push(`the ledger does not know ${record.id}`);
    else complaints.push(...compare(person, record));
  }
  const there = new Set(records.map(({ id }) => id));
  for (const id of people.keys()) if (!there.has(id)) complaints.push(`the ledger knows ${id}, who is not there`);
  return complaints;
}

function replay(people: Map<string, Replayed>, entry: LedgerFacts): string[] {
  const { userId, kind, field, teamId, after } = entry;
  if (kind === 'create') {
    const facts = after as Record<string, unknown>;
    people.set(userId, { status: String(facts['status'] ?? 'invited'), fields: pick(facts), teams: new Map() });
    return [];
  }
  // What a calendar planned ends with a record that is removed.
  if (kind.startsWith('activity_')) return [];
  const person = people.get(userId);
  if (!person) return [`${kind} of ${userId}, who was not created`];
  if (kind === 'update' && field !== null) {
    const had = person.fields[field] ?? null;
    person.fields[field] = after;
    return had === entry.before ? [] : [`${field} of ${userId} was ${String(had)}, not ${String(entry.before)}`];
  }
  if (kind === 'remove') people.delete(userId);
  if (kind === 'archive') person.status = 'archived';
  if (kind === 'restore') person.status = String(after);
  if (kind === 'join' && teamId !== null) person.teams.set(teamId, membership(after, person.teams.get(teamId)));
  if (kind === 'leave' && teamId !== null) {
    if (after === null) person.teams.delete(teamId);
    else person.teams.set(teamId, membership(after, person.teams.get(teamId)));
  }
  return [];
}

/** The sync's own entries name the mappings, those of people all of the membership. */
function membership(after: unknown, before: { manual: boolean } | undefined) {
  if (Array.isArray(after)) return { mappingIds: after as string[], manual: before?.manual ?? false };
  const { mappingIds, manual } = after as { mappingIds: string[]; manual: boolean };
  return { mappingIds, manual };
}

function pick(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((field) => [field, facts[field] ?? null]));
}

function compare(person: Replayed, record: OracleRecord): string[] {
  const shown = (teams: Iterable<readonly [string, { mappingIds: readonly string[]; manual: boolean }]>) =>
    JSON.stringify([...teams].map(([id, { mappingIds, manual }]) => [id, [...mappingIds].sort(), manual]).sort());
  const had = shown(person.teams);
  const has = shown(record.memberships.map((each) => [each.teamId, each] as const));
  const isArchived = record.status === 'archived';
  return [
    ...FIELDS.filter((field) => (person.fields[field] ?? null) !== record.fields[field]).map(
      (field) => `replayed, ${field} of ${record.id} is ${String(person.fields[field])}, not ${record.fields[field]}`,
    ),
    ...(had === has ? [] : [`replayed, teams of ${record.id} are ${had}, not ${has}`]),
    ...((person.status === 'archived') === isArchived
      ? []
      : [`replayed, ${record.id} is ${person.status}, not ${record.status}`]),
  ];
}
