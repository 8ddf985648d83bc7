import type { Changes } from '../../changes/create-changes.js';
import type { ChangeKind } from '../../changes/types.js';
import { type Clock, hoursBefore } from '../../kernel/clock.js';
import type { Calendars } from '../../mirror/calendars-store.js';
import type { Cursors } from '../../mirror/cursors.js';
import type { Groups } from '../../mirror/groups-store.js';
import type { Decisions } from '../../records/decisions.js';

/** "Everything Entra had reported by 10:42 is in, except …" (law L15). */
export interface FreshnessOfKind {
  /** null: nothing has been read completely yet. */
  readonly verifiedUntil: Date | null;
  /** Takings that wait for an administrator. */
  readonly held: number;
  /** Set aside after repeated failure. */
  readonly parked: number;
  /**
   * Not read since: people put off to a later read, groups that cannot be read, calendars that could not be verified
   * for as long as the settings say.
   */
  readonly stale: number;
}

export interface Freshness {
  readonly users: FreshnessOfKind;
  readonly groups: FreshnessOfKind;
  readonly calendars: FreshnessOfKind;
}

export interface FreshnessDeps {
  readonly clock: Clock;
  readonly changes: Pick<Changes, 'waiting'>;
  readonly mirror: {
    readonly cursors: Pick<Cursors, 'load'>;
    readonly groups: Pick<Groups, 'unreadable'>;
    readonly calendars: Pick<Calendars, 'verifiedUntil' | 'staleCount'>;
  };
  readonly decisions: Pick<Decisions, 'countHeldByKind'>;
}

export interface FreshnessWanted {
  readonly enterpriseId: string;
  readonly tenantId: string | null;
  /** A calendar that could not be verified for so long is stale. */
  readonly calendarStaleHours: number;
}

const NOTHING: FreshnessOfKind = { verifiedUntil: null, held: 0, parked: 0, stale: 0 };

/** How far what Entra and Exchange report is in; nothing where no tenant is connected. */
export async function freshnessOf(
  { clock, changes, mirror, decisions }: FreshnessDeps,
  { enterpriseId, tenantId, calendarStaleHours }: FreshnessWanted,
): Promise<Freshness> {
  const held = await decisions.countHeldByKind(enterpriseId);
  if (tenantId === null)
    return {
      users: { ...NOTHING, held: held.people },
      groups: NOTHING,
      calendars: { ...NOTHING, held: held.activities },
    };
  const now = clock.now();
  const waiting = (kind: ChangeKind) => changes.waiting({ tenantId, kind, now });
  const { verifiedUntil } = await mirror.cursors.load(tenantId);
  const [users, groups, calendars] = [await waiting('user'), await waiting('group'), await waiting('events')];
  const unverifiedSince = hoursBefore(now, calendarStaleHours);
  return {
    users: { verifiedUntil: verifiedUntil.users, held: held.people, parked: users.parked, stale: users.putOff },
    groups: {
      verifiedUntil: verifiedUntil.groups,
      held: 0,
      parked: groups.parked,
      stale: await mirror.groups.unreadable(tenantId),
    },
    calendars: {
      verifiedUntil: await mirror.calendars.verifiedUntil(tenantId),
      held: held.activities,
      parked: calendars.parked,
      stale: await mirror.calendars.staleCount(tenantId, unverifiedSince),
    },
  };
}
