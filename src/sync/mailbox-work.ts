import type { MailboxAnswer } from '../graph/types.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, DAY_MS, HOUR_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { People } from '../mirror/people-store.js';
import type { PersonRow } from '../mirror/types.js';
import type { Apply } from './apply.js';
import type { Gate } from './may-work.js';
import type { Owner, OwnerWork } from './owner.js';
import type { PersonRead, Times } from './plan/decide.js';

const POLL_MS = 500;
const MOST_A_TURN = 100;
/** A failed or forbidden read is tried again sooner than a good one is repeated. */
const AGAIN_AFTER_FAILURE_MS = HOUR_MS;
/** People without a mailbox are looked at again weekly (graph-facts: licences come and go). */
const NO_MAILBOX_AGAIN_MS = 7 * DAY_MS;

export interface MailboxWorkDeps {
  readonly people: People;
  readonly apply: Apply;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly times: Times;
}

/**
 * Reads time zones, which Graph keeps in the mailbox and not in the directory: once for a newcomer, then daily,
 * spread over the day; never for each change, since each costs a request to the mailbox.
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
        if (due.length < MOST_A_TURN) await clock.sleep(POLL_MS, owner.signal);
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
      const moment = { ticket, at: clock.now(), lagMs: deps.times.lagDirectoryMs };
      const reads = objectIds.map((objectId): PersonRead => {
        const answer = answers.get(objectId);
        const seen = { state: 'mailbox', ...settingsOf(answer), dueAt: nextAt(answer) } as const;
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

  function nextAt(answer: MailboxAnswer | undefined): Date {
    const spread = 0.9 + 0.2 * deps.chance.random();
    const base =
      answer?.status === 'ok' ? DAY_MS : answer?.status === 'no_mailbox' ? NO_MAILBOX_AGAIN_MS : AGAIN_AFTER_FAILURE_MS;
    return new Date(clock.nowMs() + base * spread);
  }
}

/** A failed or forbidden read never clears (E33): undefined keeps what is known. */
function settingsOf(answer: MailboxAnswer | undefined): {
  timeZone: string | null | undefined;
  userPurpose: string | undefined;
} {
  if (answer?.status === 'ok') return { timeZone: answer.timeZone, userPurpose: answer.userPurpose ?? undefined };
  return { timeZone: undefined, userPurpose: undefined };
}
