import { z } from 'zod';
import { EVENT_ATTRIBUTES } from '../../../src/graph/graph-event.js';
import { windowOf } from '../../../src/projection/calendar/horizon.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';

/** As many calendars at once as the service reads (src/sync/mailboxes/calendar-work.ts). */
const AT_ONCE = 8;
const PAGE_WITHIN_MS = 60_000;

const pageSchema = z.object({ '@odata.nextLink': z.string().optional(), value: z.array(z.unknown()) });

/** The least that any first reading has to do: reads the view of every calendar once and keeps nothing of it. */
export async function readViews(
  tenant: SimulatedTenant,
  personIds: readonly string[],
): Promise<{ tookMs: number; events: number }> {
  const authorization = `Bearer ${await tenant.token()}`;
  const headers = { authorization, prefer: 'outlook.timezone="UTC", IdType="ImmutableId"' };
  const { from, to } = windowOf({ frequency: 'daily', zone: 'Pacific/Auckland', now: new Date() });
  const query = `startDateTime=${from.toISOString()}&endDateTime=${to.toISOString()}&$select=${EVENT_ATTRIBUTES.join(',')}&$top=1000`;
  const left = [...personIds];
  let events = 0;
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  return { tookMs: Math.round(performance.now() - startedAtMs), events };

  async function readNext(): Promise<void> {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await readOne(id);
  }

  async function readOne(id: string): Promise<void> {
    for (let link: string | undefined = `${tenant.url}/v1.0/users/${id}/calendarView?${query}`; link !== undefined; ) {
      const response: Response = await fetch(link, { headers, signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
      if (!response.ok) throw new Error(`The floor was refused a page: ${response.status} ${await response.text()}`);
      const page = pageSchema.parse(await response.json());
      events += page.value.length;
      link = page['@odata.nextLink'];
    }
  }
}
