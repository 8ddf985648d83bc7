import { nextRow, type ReadMoment, type Seen, unreadRow, wentBackUntil } from '../../mirror/next-row.js';
import { isOlder, type PersonRow } from '../../mirror/types.js';
import { project } from '../../projection/project.js';
import type {
  GroupState,
  PlannedChange,
  PresentRecord,
  Projection,
  Reading,
  SyncRules,
} from '../../projection/types.js';
import type { Decision } from '../../projection/verdicts/decision.js';
import { type PlannedItems, unplannedOf } from '../../projection/verdicts/exactly.js';
import { type RefusedTaking, type Ruled, rule } from '../../projection/verdicts/rule.js';
import { presentRecord } from '../../records/apply-changes.js';
import type { DecisionRow, UserRow } from '../../records/types.js';
import { asPlanned, groupsAsEvidence, withGroupsInEffect } from './evidence/groups-in-effect.js';
import { expected, withLook } from './evidence/look-again.js';
import type { EnterpriseContext } from './load-inputs.js';

/** The times of laws L7, L8 and L10, in ms. */
export interface Times {
  readonly lagDirectoryMs: number;
  readonly looksMs: readonly number[];
  readonly ripeningMs: number;
  readonly goneConfirmMs: number;
  readonly problemDelayMs: number;
}

/** One person as read, on its way to a decision. */
export interface PersonRead {
  readonly objectId: string;
  readonly seen: Seen;
  /** `list`: may give, never take (law L8). */
  readonly evidence: 'own_read' | 'list';
  readonly moment: ReadMoment;
  /** Groups that were read themselves after this person: only these can take a team away (law L8). */
  readonly freshGroups: ReadonlyMap<string, GroupState>;
  /** Settings that the read was made for: their mapped groups were asked for. null: it asked for none. */
  readonly revision: number | null;
  /** Graph's own id of the answer, for the ledger. */
  readonly requestId: string | null;
  /** Whether Graph told of the person, or named them as a member of a group: then an unchanged read is looked at again. */
  readonly notified: boolean;
  /** When Graph told of the person, where the read answers that. */
  readonly notifiedAt?: Date | null;
  /** Round of catch-up that named the person, where no run asked for the read; null or left out: none did. */
  readonly round?: number | null;
  /** A full run may move the groups in effect where changes take effect at the next sync. */
  readonly movesGroups: boolean;
}

export interface Draft {
  readonly read: PersonRead;
  /** null: the person is out of scope and the row goes. */
  readonly row: PersonRow | null;
  readonly rowBefore: PersonRow | null;
  readonly user: UserRow | null;
  /** The user as the rules saw it. */
  readonly record: PresentRecord | null;
  readonly projection: Projection;
  /** Takings of this projection may be applied now, if the guard lets them. */
  readonly mayTake: boolean;
  /** When to look at the takings again, where they may not be applied yet. */
  readonly retryAt: Date | null;
  /** Takings that somebody approved: the guard lets them pass (law L12). */
  readonly approved: ReadonlySet<PlannedChange>;
  /** Takings that are held already, and since when. */
  readonly waiting: ReadonlyMap<PlannedChange, Date>;
  /** Decisions about source values that are others by now. */
  readonly over: readonly Decision[];
  /** Subjects that somebody declined. */
  readonly declined: ReadonlySet<string>;
  /** Takings that were refused and that the source still asks for: they count for the guard. */
  readonly refused: readonly RefusedTaking[];
  /** This read may end decisions: the person's own, and not one of a replica that may be behind (law L7). */
  readonly endsDecisions: boolean;
  /** Changes that the plan which is being applied exactly does not have (law L11). */
  readonly unplanned: readonly PlannedChange[];
  /** Of a leader who would be archived: what follows where these teams cannot spare them, such as a changed address. */
  readonly asKept?: (teamIds: ReadonlySet<string>) => Draft;
}

export type Decided = { readonly kind: 'stale' } | { readonly kind: 'draft'; readonly draft: Draft };

export interface DecideInput {
  readonly read: PersonRead;
  readonly row: PersonRow | null;
  readonly user: UserRow | null;
  /** What people decided about this person (law L11). */
  readonly decisions: readonly DecisionRow[];
  /** An activity of the user is active or alerted: nobody archives them now (E10). */
  readonly hasOpenActivity: boolean;
  readonly rules: SyncRules;
  readonly context: EnterpriseContext;
  readonly times: Times;
  /** Only what an approved plan has of this person may be applied; undefined: everything. */
  readonly planned?: PlannedItems | undefined;
  /** Dry runs show what would be taken without waiting for it to ripen. */
  readonly ripensAtOnce?: boolean;
}

/** What one read means for one person; pure. E-mail claims and the guard are settled over a batch afterwards. */
export function decide(input: DecideInput): Decided {
  const { read, user, times, hasOpenActivity } = input;
  const tenantId = input.context.integration.tenantId ?? '';
  const before = input.row;
  if (read.seen.state === 'mailbox' && !before) return { kind: 'stale' };
  const ordered = read.seen.state !== 'mailbox';
  if (before && ordered && isOlder(read.moment.ticket, before.ticket)) return { kind: 'stale' };
  const row = withGroupsInEffect(nextRow(before ?? unreadRow(tenantId, read.objectId), read.seen, read.moment), input);
  const record = user && presentRecord(user, { hasOpenActivity });
  const question = {
    objectId: read.objectId,
    reading: readingOf(row, input),
    record,
    rules: input.rules,
    organisations: input.context.organisations,
    teams: input.context.teams,
    groups: groupsAsEvidence({ before, row }, input),
  };
  const { decisions } = input;
  const ruled = rule(project(question), { decisions, now: read.moment.at }, question);
  const { projection } = ruled;
  const patience = patienceOf(ruled, row, input);
  const notifiedAt = read.notifiedAt ?? row.notifiedAt;
  const kept = staysInScope(projection, row, input) ? { ...row, ...patience.row, notifiedAt } : null;
  const unplanned = unplannedOf(projection, input.planned);
  const looked = kept ? withLook(asPlanned(kept, unplanned, input), { before, read, times }) : expected(input);
  const rulings = { ...rulingsOf(ruled, { before, read }), unplanned };
  const draft = { read, row: looked, rowBefore: before, user, record, projection, ...rulings, ...patience.takings };
  return { kind: 'draft', draft };
}

function rulingsOf(
  { approved, waiting, declined, refused, over }: Ruled,
  { before, read }: { before: PersonRow | null; read: PersonRead },
): Pick<Draft, 'approved' | 'waiting' | 'declined' | 'refused' | 'over' | 'endsDecisions'> {
  const isBehind = before !== null && wentBackUntil(before, read.seen, read.moment) !== null;
  const endsDecisions = read.evidence === 'own_read' && !isBehind;
  return { approved, waiting, declined, refused, over: endsDecisions ? over : [], endsDecisions };
}

function readingOf(row: PersonRow, input: DecideInput): Reading {
  switch (row.state) {
    case 'present':
      return row.attributes
        ? { state: 'present', attributes: row.attributes, groupIds: row.groupIdsInEffect }
        : { state: 'absent', confirmed: false };
    case 'soft_deleted':
      return { state: 'soft_deleted' };
    case 'absent':
      return { state: 'absent', confirmed: confirmAt(row, input) <= input.read.moment.at.getTime() };
    case 'unread':
      return { state: 'absent', confirmed: false };
  }
}

function staysInScope(projection: Projection, row: PersonRow, input: DecideInput): boolean {
  const { user } = input;
  if (projection.isMember) return true;
  if (!user) return mayComeBack(row, input);
  return user.status !== 'archived' || user.archivedReason !== 'admin';
}

/**
 * Gone, without a record, and a member until then. Within 30 days they may be restored (graph-facts), and are members
 * again of whom Graph and delta may tell nothing but themselves. Whoever is found nowhere may have been restored while
 * they were looked for: only twice is gone, as for those with a record (law L8).
 */
function mayComeBack(row: PersonRow, input: DecideInput): boolean {
  const { state, groupIdsInEffect } = row;
  const isGone =
    state === 'soft_deleted' || (state === 'absent' && confirmAt(row, input) > input.read.moment.at.getTime());
  return isGone && input.rules.mappings.some(({ groupId }) => groupIdsInEffect.includes(groupId));
}

/** When a second look may confirm that somebody is gone. */
function confirmAt({ absentSince }: PersonRow, { read, times }: DecideInput): number {
  return (absentSince ?? read.moment.at).getTime() + times.goneConfirmMs;
}

interface Patience {
  readonly row: Pick<PersonRow, 'ripening' | 'wantedEmailKey'>;
  readonly takings: Pick<Draft, 'mayTake' | 'retryAt'>;
}

/** Takings wait: for their own read, for ripening, for a second look at somebody who is gone, for a slow replica. */
function patienceOf({ projection, refused }: Ruled, row: PersonRow, input: DecideInput): Patience {
  const { read, times } = input;
  const { wantedEmailKey } = projection;
  const now = read.moment.at.getTime();
  if (projection.takes.length === 0) {
    const isGone = row.state === 'absent' && (input.user ? input.user.status !== 'archived' : mayComeBack(row, input));
    const confirmMs = isGone ? confirmAt(row, input) : 0;
    const retryAt = confirmMs > now ? new Date(confirmMs) : null;
    const ripening = read.evidence === 'list' && refused.length > 0 ? row.ripening : ripeningOf(refused, row, read);
    return { row: { ripening, wantedEmailKey }, takings: { mayTake: false, retryAt } };
  }
  if (read.evidence === 'list') {
    return { row: { ripening: row.ripening, wantedEmailKey }, takings: { mayTake: false, retryAt: read.moment.at } };
  }
  const ripening = ripeningOf([...projection.takes, ...refused], row, read);
  const ripens = projection.takes.some((take) => ripeningName(take) !== undefined);
  const ripeAt = ripening && ripens ? ripening.since.getTime() + times.ripeningMs : 0;
  const backAt = wentBackUntil(input.row ?? row, read.seen, read.moment)?.getTime() ?? 0;
  const readyAt = Math.max(ripeAt, backAt);
  const mayTake = input.ripensAtOnce === true || readyAt <= now;
  const takings = { mayTake, retryAt: mayTake ? null : new Date(readyAt) };
  return { row: { ripening, wantedEmailKey }, takings };
}

/** What ripens, and since when; what was refused stays among it, because the source goes on asking for it. */
function ripeningOf(takes: readonly Take[], row: PersonRow, { moment }: PersonRead): PersonRow['ripening'] {
  const takings = takes.flatMap((take) => ripeningName(take) ?? []);
  if (takings.length === 0) return null;
  // Something new to take ripens from now on, whatever ripened before.
  const isKnown = takings.every((name) => row.ripening?.takings.includes(name));
  return { since: (isKnown ? row.ripening?.since : null) ?? moment.at, takings };
}

type Take = Projection['takes'][number];

/** What a ripening taking is called on the row; undefined for those that do not ripen. */
export function ripeningName({ taking, change }: Take): string | undefined {
  if (taking !== 'archive' && taking !== 'team_removal') return undefined;
  return change.kind === 'leave' ? `${taking}:${change.teamId}` : taking;
}
