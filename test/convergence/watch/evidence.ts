import { PLAIN_FIELDS, PROPERTY_OF } from '../oracle/values.js';
import type { Answers, Said } from './answers.js';
import type { LedgerFacts } from './ledger-facts.js';

export interface EvidenceGround {
  readonly answers: Answers;
  /** Group of each mapping in effect; one that is not there was taken away by an administrator. */
  readonly groupOf: ReadonlyMap<string, string>;
  readonly goneConfirmMs: number;
  /** How far clocks are apart; 0 where all agree. */
  readonly apartMs: number;
  /** The event that an activity came from, and why it was cancelled. */
  readonly activityOf: ReadonlyMap<string, { readonly eventId: string | null; readonly reason: string | null }>;
  /** How far a replica of a mailbox may be behind. */
  readonly lagMailboxMs: number;
  /** When the activity of a cancellation was made or changed last before it. */
  givenAtMs(entry: LedgerFacts): number;
}

/**
 * What is written rests on one of the last answers: after it came another call of the same reading may have been
 * repeated for long, while time jumped and others read the same.
 */
const LAST = 6;

/** What is missing for this entry of the sync to be allowed, or null (law L8). */
export function missingEvidence(entry: LedgerFacts, ground: EvidenceGround): string | null {
  const id = entry.objectId ?? '';
  switch (entry.taking) {
    case 'archive':
      return archive(entry, id, ground);
    case 'team_removal':
      return leave(entry.before as string[], { entry, id, ground });
    case 'clear':
      return clear(entry, id, ground);
    case 'cancellation':
      return cancel(entry, isSaidByItself(entry, ground) ? ground : settled(entry, ground));
    default:
      return null;
  }
}

function archive(entry: LedgerFacts, id: string, ground: EvidenceGround): string | null {
  switch (entry.after) {
    case 'sync_disabled': {
      const disabled = fresh(ground.answers.of('user', id), entry, ground).some(
        ({ status, body }) => status === 200 && body['accountEnabled'] === false,
      );
      return disabled ? null : 'nobody said that the account is disabled';
    }
    case 'sync_deleted':
      return deleted(entry, id, ground);
    case 'sync_out_of_scope':
      return leave([...ground.groupOf.keys()], { entry, id, ground });
    default:
      return `no reason of the sync: ${String(entry.after)}`;
  }
}

function deleted(entry: LedgerFacts, id: string, ground: EvidenceGround): string | null {
  const { answers, goneConfirmMs, apartMs } = ground;
  const until = (said: readonly Said[]) => said.filter(({ atMs }) => isBefore(atMs, entry, apartMs));
  const users = until(answers.of('user', id));
  const gone = fresh(users, entry, ground).some(({ status }) => status === 404);
  if (!gone) return 'nobody said that the account is gone';
  const bin = until(answers.of('deleted', id));
  if (fresh(bin, entry, ground).some(({ status }) => status === 200)) return null;
  const lastSeen = Math.max(0, ...wholeReads(users, answers.of('memberships', id)).map(({ order }) => order));
  const absences = bin.filter(({ status, order }) => status === 404 && order > lastSeen);
  const first = absences[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const last = absences.at(-1)?.atMs ?? 0;
  // Two owners whose clocks differ may have asked: the second one counts by its own clock from the first one's instant.
  return last - first >= goneConfirmMs - apartMs ? null : 'absent, but not twice, far enough apart';
}

/** Answers by which somebody was there: of a replica that is behind the one of the groups may say that nobody is. */
function wholeReads(users: readonly Said[], memberships: readonly Said[]): Said[] {
  return users.filter(({ status, order }, index) => {
    const next = users[index + 1]?.order ?? Number.POSITIVE_INFINITY;
    const ofGroups = memberships.find((each) => each.order > order && each.order < next);
    return status === 200 && (ofGroups === undefined || ofGroups.status === 200);
  });
}

function leave(
  mappingIds: readonly string[],
  { entry, id, ground }: { entry: LedgerFacts; id: string; ground: EvidenceGround },
): string | null {
  const groups = mappingIds.flatMap((mappingId) => ground.groupOf.get(mappingId) ?? []);
  if (groups.length === 0) return null;
  const reads = fresh(ground.answers.of('memberships', id), entry, ground).filter(({ status }) => status === 200);
  const proves = reads.some(({ body, order }) => {
    const held = body['value'] as string[];
    return groups.every((groupId) => {
      const looked = ground.answers
        .of('group', groupId)
        .some((said) => said.status === 200 && said.order > order && isBefore(said.atMs, entry, ground.apartMs));
      return !held.includes(groupId) && looked;
    });
  });
  return proves ? null : 'no read of the person without the group, followed by one of the group';
}

function clear(entry: LedgerFacts, id: string, ground: EvidenceGround): string | null {
  // A mailbox that is gone or refuses says nothing about its zone (E33).
  if (entry.field === 'timeZone') return 'no mailbox here ever was without a zone';
  const field = PLAIN_FIELDS.find((each) => each === entry.field);
  if (field === undefined) return null;
  const isEmpty = fresh(ground.answers.of('user', id), entry, ground).some(({ status, body }) => {
    const value = body[PROPERTY_OF[field]];
    return status === 200 && (value === null || String(value ?? '-').trim() === '');
  });
  return isEmpty ? null : `nobody said that ${field} is empty`;
}

const BY_EVENT = new Set(['event_deleted', 'event_cancelled', 'event_moved_away', 'not_eligible']);

/** A cancelled meeting is believed at once, and so is whoever approved what was held. */
function isSaidByItself(entry: LedgerFacts, { activityOf }: EvidenceGround): boolean {
  return entry.approved || activityOf.get(entry.activityId ?? '')?.reason === 'event_cancelled';
}

/** Only answers that came when every replica showed what the activity had been given by (law L7). */
function settled(entry: LedgerFacts, ground: EvidenceGround): EvidenceGround {
  const sinceMs = ground.givenAtMs(entry) + ground.lagMailboxMs - ground.apartMs;
  const of: Answers['of'] = (kind, id) => ground.answers.of(kind, id).filter(({ atMs }) => atMs >= sinceMs);
  return { ...ground, answers: { ...ground.answers, of } };
}

function cancel(entry: LedgerFacts, ground: EvidenceGround): string | null {
  const { answers, activityOf } = ground;
  const { eventId = null, reason = null } = activityOf.get(entry.activityId ?? '') ?? {};
  if (!BY_EVENT.has(reason ?? '') || eventId === null) return null;
  const byId = fresh(answers.of('event', eventId), entry, ground);
  if (byId.some(({ status }) => status === 404)) return null;
  if (reason !== 'event_deleted' && byId.some(({ status }) => status === 200)) return null;
  const views = fresh(answers.of('calendar', entry.objectId ?? ''), entry, ground);
  const isIn = ({ body }: Said) => ((body['value'] ?? []) as { id?: string }[]).some((event) => event.id === eventId);
  const listed = views.some(isIn);
  // Gone as a single event: its id answers for a series by now.
  const asSeries = byId.some(({ body }) => body['type'] === 'seriesMaster');
  // Answered from wherever it was put: a view that began after that is without it.
  const isAway = byId.some(({ status, order }) =>
    views.some((view) => status === 200 && view.status === 200 && view.order > order && !isIn(view)),
  );
  if (reason === 'event_deleted') return asSeries || isAway ? null : 'nobody said that the event is gone';
  return listed ? null : 'the event was not read';
}

function fresh(said: readonly Said[], entry: LedgerFacts, { apartMs }: EvidenceGround): readonly Said[] {
  return said.filter(({ atMs }) => isBefore(atMs, entry, apartMs)).slice(-LAST);
}

/** Graph's answers are told in true time, entries by the clock of whoever wrote them. */
function isBefore(atMs: number, entry: LedgerFacts, apartMs: number): boolean {
  return atMs <= entry.atMs + apartMs;
}
