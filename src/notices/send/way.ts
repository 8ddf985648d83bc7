import { backoffMs } from '../../kernel/backoff.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Outcome, Queue, Sendable } from './queue.js';

/** How messages of one kind are sent. */
export interface WayOut {
  readonly name: 'outbox' | 'email' | 'webhook';
  /** Sends one that is due; false: none is, or the way is given a rest. */
  sendNext(): Promise<boolean>;
}

export interface WayParts<Row extends Sendable> {
  readonly name: WayOut['name'];
  readonly queue: Queue<Row>;
  readonly rest: Rest;
  /** null: there is nobody to send it to any more. */
  send(row: Row): Promise<Outcome | null>;
}

export interface WayDeps {
  readonly log: Log;
  count(way: WayOut['name'], outcome: Outcome['kind'] | 'dropped'): void;
}

export function createWayOut<Row extends Sendable>({ log, count }: WayDeps, parts: WayParts<Row>): WayOut {
  const { name, queue, rest, send } = parts;
  return {
    name,
    sendNext: async () => {
      if (rest.isResting()) return false;
      const row = await queue.claim();
      if (row === null) return false;
      const outcome = (await send(row)) ?? { kind: 'dropped' as const, why: 'There is nobody to send it to any more.' };
      rest.after(outcome.kind === 'down');
      await queue.settle(row, outcome);
      count(name, outcome.kind);
      const level = outcome.kind === 'sent' || outcome.kind === 'dropped' ? 'info' : 'warn';
      log[level]({ event: 'notice.sent', way: name, id: row._id, outcome: outcome.kind }, 'tried to send a message');
      return true;
    },
  };
}

/** What a server that does not answer is given: in the memory of this process, for everything that goes its way. */
export interface Rest {
  isResting(): boolean;
  after(isDown: boolean): void;
}

const RESTS = { firstMs: 5 * SECOND_MS, mostMs: 5 * MINUTE_MS };

export function createRest({ clock, chance }: { clock: Clock; chance: Chance }): Rest {
  let untilMs = 0;
  let row = 0;
  return {
    isResting: () => clock.nowMs() < untilMs,
    after: (isDown) => {
      row = isDown ? row + 1 : 0;
      untilMs = isDown ? clock.nowMs() + backoffMs(row, RESTS, chance.random) : 0;
    },
  };
}
