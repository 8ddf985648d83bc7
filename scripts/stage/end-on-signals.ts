import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { signalIfThere } from '../../src/store/embedded/process-identity.js';

/** npm hands a Ctrl-C on that the terminal gave us already: within this time it is the same one. */
const SAME_SIGNAL_MS = SECOND_MS;

/** The first signal ends everything in order, the second one at once. */
export function endOnSignals(stop: () => void, children: ReadonlySet<number>): void {
  let firstMs: number | null = null;
  const onSignal = () => {
    const nowMs = systemClock.nowMs();
    firstMs ??= nowMs;
    if (nowMs - firstMs > SAME_SIGNAL_MS) {
      for (const pid of children) signalIfThere(pid, 'SIGKILL');
      process.exit(1);
    }
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
}
