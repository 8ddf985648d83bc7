import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import type { RunningService } from './running-service.js';

const SETTLE_WITHIN_MS = 60 * SECOND_MS;

/** Waits until Graph tells of the people and groups of a tenant. */
export async function subscribed({ services }: RunningService, tenantId: string): Promise<void> {
  const endMs = systemClock.nowMs() + SETTLE_WITHIN_MS;
  for (;;) {
    const rows = await services.subscriptions.ofTenant(tenantId);
    if (rows.filter(({ state }) => state === 'active').length === 2) return;
    if (systemClock.nowMs() > endMs) throw new Error('The service did not subscribe.');
    await systemClock.sleep(100);
  }
}

/** Waits until nothing is open, and nothing follows for 3 s. */
export async function quiet({ services }: RunningService, tenantId: string): Promise<void> {
  const endMs = systemClock.nowMs() + SETTLE_WITHIN_MS;
  for (let quietFor = 0; quietFor < 10; ) {
    quietFor = (await services.changes.stats(tenantId)).open === 0 ? quietFor + 1 : 0;
    if (systemClock.nowMs() > endMs) throw new Error('Changes stay open.');
    await systemClock.sleep(300);
  }
}

/** Requests that the service has sent to Graph so far, a `$batch` being one; and those that Graph throttled. */
export async function graphRequests(service: RunningService): Promise<{ all: number; throttled: number }> {
  const metrics = await service.metrics();
  const requests = [...metrics].filter(([name]) => name.startsWith('graph_requests_total'));
  const count = (some: typeof requests) => some.reduce((sum, [, value]) => sum + value, 0);
  return { all: count(requests), throttled: count(requests.filter(([name]) => name.includes('status="429"'))) };
}
