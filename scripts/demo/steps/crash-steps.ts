import { z } from 'zod';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { waitUntil } from '../../stage/wait-until.js';
import { insist, type Newcomer, type Scene } from '../scene/scene.js';
import type { Tell } from '../story.js';

/** The read hangs so long that the service is killed between its answer to Graph and its write. */
const READ_DELAY_MS = 5 * SECOND_MS;
const APPLIED_WITHIN_MS = 25 * SECOND_MS;

const deliverySchema = z.object({ status: z.number().nullable() });

/** kill -9 after the 202 and before the read: what was acknowledged is stored, and the next process applies it. */
export async function crash(scene: Scene, person: Newcomer, tell: Tell): Promise<void> {
  const { control, stage, at, tenantId } = scene;
  const { signal } = stage;
  const match = { path: '/\\$batch', tenant: tenantId };
  const fault = await control.change('POST', '/faults', { match, times: 50, action: { delayMs: READ_DELAY_MS } });
  try {
    await control.change('DELETE', '/deliveries');
    await control.change('PATCH', `${at}/users/${person.id}`, { givenName: 'Survivor' });
    const isTaken = async () =>
      (await control.items(deliverySchema, '/deliveries')).some(({ status }) => status === 202);
    await waitUntil(isTaken, { for: 'the 202', limitMs: 5 * SECOND_MS, signal });
    const killed = stage.service();
    await killed.kill();
    const sinceMs = systemClock.nowMs();
    insist(
      (await scene.recordOf(person.id))?.firstName !== 'Survivor',
      'It was applied before the service was killed.',
    );
    await control.change('DELETE', `/faults/${fault.id}`);
    await stage.restart();
    const startMs = systemClock.nowMs() - sinceMs;
    const about = { for: 'the change of before the crash', sinceMs, limitMs: APPLIED_WITHIN_MS };
    const isApplied = ({ firstName }: { firstName: string | null }) => firstName === 'Survivor';
    const { tookMs } = await scene.seen(person.id, isApplied, about);
    tell(`ready again after ${startMs} ms, applied ${tookMs} ms after kill -9 (the dead one's lease ends by itself)`);
  } finally {
    await control.change('DELETE', `/faults/${fault.id}`).catch(() => undefined);
  }
}
