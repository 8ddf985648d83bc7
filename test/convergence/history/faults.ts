import type { FaultAction } from '../../../src/simulator/server/fault-book.js';
import { APART_MOST_MS } from '../machine/virtual-time.js';
import type { Cast } from './cast.js';
import type { Stage } from './stage.js';
import type { Fault } from './steps.js';

/** What goes wrong in a history, and how often it really met something. */
export interface Trouble {
  begin(fault: Fault, picks: readonly number[]): Promise<void>;
  /** Graph itself is at rest: nothing more goes wrong. */
  end(): void;
  /** Kinds that met something. */
  hit(): ReadonlySet<Fault>;
}

/** Reads that something may happen to; the first takes whatever comes. */
const PATHS = ['.', 'users/', 'batch', 'groups/', 'delta', 'transitiveMembers', 'calendarView', 'subscriptions'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Words of Graph's for a delta token that has expired. */
const TOO_OLD = ['syncStateNotFound', 'Request_UnsupportedQuery'] as const;

/** Clocks of the first and the second instance, ahead of the true time. */
const CLOCKS_MS = [
  [2_000, -2_000],
  [-APART_MOST_MS, 0],
  [0, -APART_MOST_MS],
  [APART_MOST_MS / 2, -APART_MOST_MS / 2],
] as const;

export function createTrouble(stage: Stage, doings: Pick<Cast, 'crash' | 'second' | 'setClocks'>): Trouble {
  const { simulator, tenant } = stage;
  const { switches } = simulator.world;
  const hits = new Set<Fault>();
  const kindOf = new Map<string, Fault>();
  const travelling = new Set<Fault>();
  const told = () => {
    for (const fault of travelling) hits.add(fault);
  };
  tenant.onCommit(told);
  tenant.calendars.onChange(told);

  return {
    begin: async (fault, picks) => begin(fault, { first: picks[0] ?? 0, second: picks[1] ?? 0, third: picks[2] ?? 0 }),
    end: () => {
      count();
      simulator.faults.clear();
      travelling.clear();
      Object.assign(simulator.delivery.settings, { loss: 0, repeat: 0, reorder: 0, delayMs: 0 });
      switches.replicaLagsMs = [0];
    },
    hit: () => hits,
  };

  function count(): void {
    for (const { id, caught } of simulator.faults.list()) {
      const kind = kindOf.get(id);
      if (kind && caught > 0) hits.add(kind);
    }
  }

  type Picks = { first: number; second: number; third: number };

  async function begin(fault: Fault, picks: Picks): Promise<void> {
    const { first, second } = picks;
    const { settings } = simulator.delivery;
    switch (fault) {
      case 'loss':
        return travel(fault, () => Object.assign(settings, { loss: 0.3 + (first % 7) / 10 }));
      case 'repetition':
        return travel(fault, () => Object.assign(settings, { repeat: 0.8 }));
      case 'reordering':
        return travel(fault, () => Object.assign(settings, { reorder: 0.8 }));
      case 'delay':
        return travel(fault, () => Object.assign(settings, { delayMs: [5_000, 40_000, 400_000][first % 3] }));
      case 'missed':
      case 'removed':
      case 'reauthorization':
        return lifecycle(fault, first);
      case 'lag':
        switches.replicaLagsMs = [0, [2_000, 60_000, 800_000][first % 3] ?? 0];
        return void hits.add(fault);
      case 'clockJump':
        await stage.tick([HOUR_MS, 5 * HOUR_MS, 30 * HOUR_MS, 8 * DAY_MS][second % 4] ?? HOUR_MS);
        return void hits.add(fault);
      case 'clocksApart':
        hits.add(fault);
        return doings.setClocks(CLOCKS_MS[first % CLOCKS_MS.length] ?? CLOCKS_MS[0]);
      case 'crash':
        return doings.crash(1 + (first % 120));
      case 'secondInstance':
        hits.add(fault);
        return doings.second();
      default:
        return answer(fault, picks);
    }
  }

  function travel(fault: Fault, set: () => void): void {
    set();
    travelling.add(fault);
  }

  function answer(fault: Fault, { first, second, third }: Picks): void {
    const delta = fault === 'expiredToken' || fault === 'resetToken';
    const path = delta ? 'delta\\?.*deltatoken=.{9}' : (PATHS[first % PATHS.length] ?? '.');
    const times = delta ? 1 : 1 + (second % 6);
    const id = simulator.faults.add({
      match: { path },
      after: delta ? 0 : third % 4,
      times,
      action: actionOf(fault, second),
    });
    kindOf.set(id, fault);
  }

  /** Graph says something of a subscription itself, and does it. */
  async function lifecycle(fault: 'missed' | 'removed' | 'reauthorization', pick: number): Promise<void> {
    const events = { missed: 'missed', removed: 'subscriptionRemoved', reauthorization: 'reauthorizationRequired' };
    const { items } = (await (await fetch(`${simulator.control}/subscriptions`)).json()) as { items: { id: string }[] };
    const one = items[pick % Math.max(1, items.length)];
    if (!one) return;
    const body = JSON.stringify({ lifecycleEvent: events[fault] });
    const headers = { 'content-type': 'application/json' };
    const done = await fetch(`${simulator.control}/subscriptions/${one.id}`, { method: 'PATCH', headers, body });
    if (!done.ok) throw new Error(`the simulator refuses ${fault}: ${done.status} ${await done.text()}`);
    hits.add(fault);
  }
}

function actionOf(fault: Fault, pick: number): FaultAction {
  switch (fault) {
    case 'throttling':
      return { status: 429, headers: { 'Retry-After': String([1, 7, 40][pick % 3]) } };
    case 'serverError':
      return { status: [500, 502, 503, 504][pick % 4] ?? 500 };
    case 'reset':
      return { reset: true };
    case 'lostAnswer':
      return { reset: true, drop: true };
    case 'truncation':
      return { body: '{"value":[{"id":"' };
    case 'expiredToken':
      return { status: 400, body: { error: { code: TOO_OLD[pick % 2], message: 'The token is too old.' } } };
    case 'resetToken':
      return { status: 410, body: { error: { code: 'resyncRequired', message: 'Start again.' } } };
    default:
      throw new Error(`${fault} is no answer`);
  }
}
