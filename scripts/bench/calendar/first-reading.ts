import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { CALENDARS, type CalendarRow } from '../../../src/mirror/calendars-store.js';
import { SUBSCRIPTIONS, type SubscriptionRow } from '../../../src/subscriptions/types.js';
import type { RunningService } from '../children/running-service.js';
import type { BenchDeps } from '../report.js';

export interface FirstReading {
  /** Calendars in scope, all of them read. */
  readonly calendars: number;
  /** From the request of the first run until every calendar was read, watched, and read again after that; to half a second. */
  readonly readMs: number;
  readonly watchedMs: number;
  readonly settledMs: number;
}

const LOOK_EVERY_MS = 500;
const SAY_EVERY_MS = 10 * SECOND_MS;

/** Runs the first sync and waits until everything that it begins has ended. */
export async function firstReading(
  { say }: BenchDeps,
  { service, tenantId, withinMs }: { service: RunningService; tenantId: string; withinMs: number },
): Promise<FirstReading> {
  const startedMs = systemClock.nowMs();
  const ended = { run: false };
  const run = service.reconcile().then(({ run: { status, counts } }) => {
    ended.run = true;
    say(`  the run ended as ${status} after ${seconds(startedMs)} s, ${counts.created} people created`);
  });
  let before = { read: 0, watched: 0 };
  let [readMs, watchedMs] = [0, 0];
  for (let saidMs = startedMs; ; ) {
    await Promise.race([run, systemClock.sleep(LOOK_EVERY_MS)]);
    if (ended.run) await systemClock.sleep(LOOK_EVERY_MS);
    const { known, read, watched, open } = await progress(service, tenantId);
    const passedMs = systemClock.nowMs() - startedMs;
    // Nobody knows how many there will be: the last that came tells when all were there.
    if (read > before.read) readMs = passedMs;
    if (watched > before.watched) watchedMs = passedMs;
    before = { read, watched };
    const isDone = ended.run && known > 0 && read === known && watched === known && open === 0;
    if (isDone) return { calendars: known, readMs, watchedMs, settledMs: passedMs };
    if (passedMs > withinMs) throw new Error(`After ${passedMs} ms ${read} of ${known} are read, ${watched} watched.`);
    if (systemClock.nowMs() - saidMs < SAY_EVERY_MS) continue;
    saidMs = systemClock.nowMs();
    say(`  ${seconds(startedMs)} s: ${known} known, ${read} read, ${watched} watched, ${open} changes open`);
  }
}

/** What is read again while it is counted would be counted twice or not at all: its place in the index moves. */
const OF_ONE_MOMENT = { readConcern: { level: 'snapshot' } } as const;

async function progress({ services: { store } }: RunningService, tenantId: string) {
  const calendars = store.collection<CalendarRow>(CALENDARS);
  const subscriptions = store.collection<SubscriptionRow>(SUBSCRIPTIONS);
  const [known, read, watched, open] = await Promise.all([
    calendars.countDocuments({ tenantId }, OF_ONE_MOMENT),
    calendars.countDocuments({ tenantId, state: 'ok' }, OF_ONE_MOMENT),
    subscriptions.countDocuments({ tenantId, kind: 'events', state: 'active' }),
    store.collection('changes').countDocuments({ tenantId, isParked: false }),
  ]);
  return { known, read, watched, open };
}

function seconds(sinceMs: number): string {
  return ((systemClock.nowMs() - sinceMs) / SECOND_MS).toFixed(0);
}
