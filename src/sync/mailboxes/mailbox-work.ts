import type { MailboxAnswer } from '../../graph/types.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { People } from '../../mirror/people-store.js';
import type { PersonRow } from '../../mirror/types.js';
import type { Apply } from '../apply.js';
import type { Gate } from '../may-work.js';
import type { Owner, OwnerWork } from '../owner.js';
import type { UntilDue } from '../pacing/until-due.js';
import type { PersonRead, Times } from '../plan/decide.js';

/** Until settings are other ones. */
const UNWANTED_POLL_MS = 2_000;
const MOST_A_TURN = 100;
/** When a mailbox is read again, by what the last read came to; each spread by half of itself either way. */
const AGAIN_AFTER_MS: Readonly<Record<MailboxAnswer['status'], number>> = {
  ok: DAY_MS,
  /** Licences come and go (docs/graph-facts.md). */
  no_mailbox: 7 * DAY_MS,
  /** The permission is missing or a policy keeps us out: that changes seldom, and then for everybody. */
  forbidden: 6 * HOUR_MS,
  failed: HOUR_MS,
};
/** Whoever came less than this ago mostly gets a mailbox yet, hours after the account: who has none is asked daily. */
const NEW_FOR_MS = 7 * DAY_MS;
/** Instants are rounded up to this, so that people who are due about the same time share a `$batch`. */
const SLOT_MS = 10 * MINUTE_MS;

export interface MailboxWorkDeps {
  readonly people: People;
  readonly apply: Apply;
  readonly gate: Gate;
  readonly untilDue: UntilDue;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly times: Times;
}

/**
 * Reads time zones, which Graph keeps in the mailbox and not in the directory: soon for a newcomer, then daily; never
 * for each change, since each costs a request to the mailbox. However many are due, a turn of five `$batch` calls is
 * followed by a pause, and from the first repeat on people who were imported at once are spread over the day.
 */
export function createMailboxWork(deps: MailboxWorkDeps): OwnerWork {
  const { people, gate, clock } = deps;
  return {
    name: 'mailbox-settings',
    run: async (owner) => {
      while (!owner.signal.aborted) {
        const wanted = (await gate.isOpen(owner)) && (await isMapped(owner));
        const due = wanted ? await people.dueMailboxes(owner.tenantId, clock.now(), MOST_A_TURN) : [];
        if (due.length > 0) await turn(owner, due);
        if (wanted) await deps.untilDue.mailboxes(owner.tenantId, owner.signal);
        else await clock.sleep(UNWANTED_POLL_MS, owner.signal);
      }
    },
  };

  async function isMapped(owner: Owner): Promise<boolean> {
    const settings = (await gate.integration(owner))?.inEffect?.settings;
    return settings?.fields.timeZone === 'mailboxSettings.timeZone';
  }

  async function turn(owner: Owner, due: readonly PersonRow[]): Promise<void> {
    const ticket = owner.tickets.draw();
    try {
      const objectIds = due.map(({ objectId }) => objectId);
      const { signal } = owner;
      const answers = await owner.graph.readMailboxSettings(objectIds, { priority: 'run', signal });
      const now = { nowMs: clock.nowMs(), random: deps.chance.random };
      const moment = { ticket, at: clock.now(), lagMs: deps.times.lagDirectoryMs };
      const reads = due.map(({ objectId, cameAt }): PersonRead => {
        const answer = answers.get(objectId);
        const seen = {
          state: 'mailbox',
          ...settingsOf(answer),
          dueAt: nextMailboxRead(answer?.status ?? 'failed', { ...now, cameAt }),
        } as const;
        const origin = { notified: false, movesGroups: false, revision: null, requestId: null } as const;
        return { objectId, seen, evidence: 'list', moment, freshGroups: new Map(), ...origin };
      });
      const causeOf = () => ({ by: 'recheck', traceId: null, runId: null, graphRequestId: null }) as const;
      await deps.apply.people(owner, { reads, changes: new Map(), runId: null, causeOf });
      const read = [...answers.values()].filter(({ status }) => status === 'ok').length;
      deps.log.info(
        { event: 'mailbox.turn', tenantId: owner.tenantId, asked: due.length, read },
        'mailbox settings read',
      );
    } finally {
      owner.tickets.done(ticket);
    }
  }
}

/** When to read a mailbox next: half to one and a half times the pause from now, in slots of ten minutes. */
export function nextMailboxRead(
  status: MailboxAnswer['status'],
  { nowMs, random, cameAt }: { nowMs: number; random(): number; cameAt?: Date | undefined },
): Date {
  const isNew = cameAt !== undefined && nowMs - cameAt.getTime() < NEW_FOR_MS;
  const pauseMs = isNew && status === 'no_mailbox' ? DAY_MS : AGAIN_AFTER_MS[status];
  const at = nowMs + pauseMs * (0.5 + random());
  return new Date(Math.ceil(at / SLOT_MS) * SLOT_MS);
}

/** A failed or forbidden read never clears (E33): undefined keeps what is known. */
function settingsOf(answer: MailboxAnswer | undefined): {
  timeZone: string | null | undefined;
  userPurpose: string | undefined;
  hasNoMailbox: boolean | undefined;
} {
  if (answer?.status === 'ok') {
    const { timeZone, userPurpose } = answer;
    return { timeZone, userPurpose: userPurpose ?? undefined, hasNoMailbox: false };
  }
  const hasNoMailbox = answer?.status === 'no_mailbox' ? true : undefined;
  return { timeZone: undefined, userPurpose: undefined, hasNoMailbox };
}
