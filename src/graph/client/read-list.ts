import { z } from 'zod';
import { GraphFailure } from '../graph-failure.js';
import type { GraphCall, GraphPage, PageOptions } from '../types.js';
import { graphAddress } from '../wire/graph-link.js';
import { parsedBody } from '../wire/parsed-body.js';
import { linkedAbort } from './deadline.js';
import { graphRequest, type TenantDeps } from './graph-request.js';

const pageSchema = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().min(1).nullish(),
  '@odata.deltaLink': z.string().min(1).nullish(),
  '@odata.count': z.number().nullish(),
});

interface Fetched {
  readonly page: GraphPage;
  readonly nextLink: string | null;
}

/** Far above any real list (1,000 entries a page): a list that goes on after this is a fault of the server. */
const MOST_PAGES = 20_000;

/**
 * A list page by page; while one page is used, the next is on its way.
 *
 * The headers of the first call go with every page, because links do not carry them.
 */
export async function* readList(
  deps: TenantDeps,
  call: GraphCall,
  options: PageOptions = {},
): AsyncGenerator<GraphPage> {
  const mostPages = options.mostPages ?? MOST_PAGES;
  const seen = new Set<string>();
  const link = linkedAbort(call.signal);
  let pages = 0;
  let pending: Promise<Fetched> | null = fetchPage(call.path);
  try {
    while (pending !== null) {
      const { page, nextLink }: Fetched = await pending;
      pending = nextLink === null ? null : fetchPage(nextLink);
      yield page;
    }
  } finally {
    link.abort(new Error('the list is no longer read'));
    link.dispose();
  }

  function fetchPage(path: string): Promise<Fetched> {
    const fetched = fetchOne(path);
    // Handled where it is awaited; a reader who leaves early must not cause an unhandled rejection.
    fetched.catch(() => undefined);
    return fetched;
  }

  async function fetchOne(path: string): Promise<Fetched> {
    guardAgainstLoops(path);
    const answer = await graphRequest(deps, { ...call, path, signal: link.signal });
    const body = parsedBody(pageSchema, answer);
    const nextLink = body['@odata.nextLink'] ?? null;
    // A foreign link is refused with the page that names it, not after that page was believed.
    if (nextLink !== null) graphAddress(deps.config, nextLink);
    const deltaLink = body['@odata.deltaLink'] ?? null;
    if (deltaLink !== null) graphAddress(deps.config, deltaLink);
    return { page: { value: body.value, deltaLink, count: body['@odata.count'] ?? null }, nextLink };
  }

  function guardAgainstLoops(path: string): void {
    pages += 1;
    if (seen.has(path)) {
      const message = 'Graph sent the same page link twice, so the list would never end. It is read again later.';
      throw new GraphFailure(message, { kind: 'unavailable', code: 'repeated_link' });
    }
    if (pages > mostPages) {
      const message = `The list has more than ${mostPages} pages and was given up. Report it: the limit may be too small.`;
      throw new GraphFailure(message, { kind: 'rejected', code: 'too_many_pages' });
    }
    seen.add(path);
  }
}
