import { messageOf } from '../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Look } from './look.js';
import type { WayOut } from './send/way.js';

const POLL_MS = 5 * SECOND_MS;
/** Webhooks wait for their receivers: so many at once, so that one that is slow keeps few others waiting. */
const WEBHOOKS_AT_ONCE = 4;

export interface NoticesDeps {
  readonly look: Pick<Look, 'next'>;
  readonly ways: readonly WayOut[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks for what there is to tell and sends it, until stopped. Every process with workers may do so at once. */
export function startNotices({ look, ways, clock, log }: NoticesDeps): { stop(): Promise<void> } {
  const abort = new AbortController();
  const sending = ways.flatMap((way) =>
    Array.from({ length: way.name === 'webhook' ? WEBHOOKS_AT_ONCE : 1 }, () => repeat(() => way.sendNext())),
  );
  const loops = [repeat(() => look.next()), ...sending];
  return {
    stop: async () => {
      abort.abort(new Error('the notices stop'));
      await Promise.all(loops);
    },
  };

  /** One after the other while there is something, then again after a while. */
  async function repeat(work: () => Promise<boolean>): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        if (await work()) continue;
      } catch (error) {
        if (!abort.signal.aborted) log.warn({ event: 'notice.failed', error: messageOf(error) }, 'tried again');
      }
      await clock.sleep(POLL_MS, abort.signal).catch(() => undefined);
    }
  }
}
