import { z } from 'zod';
import { USER_ATTRIBUTES } from '../../../src/graph/graph-user.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';

/** As many groups at once as a reconciliation reads (src/reconciliation/groups/read-mapped-groups.ts). */
const GROUPS_AT_ONCE = 4;
const PAGE_SIZE = 999;
const PAGE_WITHIN_MS = 60_000;

const pageSchema = z.object({ '@odata.nextLink': z.string().optional(), value: z.array(z.unknown()) });

export interface Dropped {
  readonly tookMs: number;
  readonly pages: number;
  /** Entries of all pages; somebody in two groups counts twice. */
  readonly entries: number;
}

/** The least that any reconciliation has to do: reads the pages of all mapped groups and keeps nothing of them. */
export async function readAndDrop(tenant: SimulatedTenant): Promise<Dropped> {
  const headers = { authorization: `Bearer ${await tenant.token()}`, consistencylevel: 'eventual' };
  const left = [...tenant.groupIds];
  let pages = 0;
  let entries = 0;
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, readNext));
  return { tookMs: performance.now() - startedAtMs, pages, entries };

  async function readNext(): Promise<void> {
    for (let groupId = left.shift(); groupId !== undefined; groupId = left.shift()) await readGroup(groupId);
  }

  async function readGroup(groupId: string): Promise<void> {
    const query = `$select=${USER_ATTRIBUTES.join(',')}&$count=true&$top=${PAGE_SIZE}`;
    const first = `${tenant.url}/v1.0/groups/${groupId}/transitiveMembers/microsoft.graph.user?${query}`;
    for (let link: string | undefined = first; link !== undefined; ) {
      const response: Response = await fetch(link, { headers, signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
      if (!response.ok) throw new Error(`The floor was refused a page: ${response.status} ${await response.text()}`);
      const page = pageSchema.parse(await response.json());
      pages += 1;
      entries += page.value.length;
      link = page['@odata.nextLink'];
    }
  }
}
