import autocannon from 'autocannon';

/** One POST: its body and how many notifications are in it. */
export interface Post {
  readonly body: string;
  readonly items: number;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Notifications in answers that were 202. */
  readonly itemsAnswered202: number;
  /** Answers other than 202, and requests without one. */
  readonly failed: number;
  readonly slowestMs: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly posts: readonly Post[];
  readonly connections: number;
  /** For so long, or until every post was sent once. */
  readonly bound: { readonly seconds: number } | 'each_once';
}

const HEADERS = { 'content-type': 'application/json' };

/** Sends posts as fast as the answers come, each connection its own share of them again and again. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { posts, connections, bound } = options;
  let itemsAnswered202 = 0;
  let started = 0;
  const requests = posts.map((post) => ({
    method: 'POST' as const,
    headers: HEADERS,
    body: post.body,
    onResponse: (status: number) => {
      if (status === 202) itemsAnswered202 += post.items;
    },
  }));
  const shares = sharesOf(requests, connections);
  const result = await autocannon({
    url: options.url,
    connections,
    ...(bound === 'each_once' ? { amount: posts.length } : { duration: bound.seconds }),
    setupClient: (client) => {
      client.setRequests(shares[started++ % shares.length] ?? requests);
    },
  });
  const answered = result['2xx'] + result.non2xx;
  return {
    perSecond: answered / ((result.finish.getTime() - result.start.getTime()) / 1_000),
    itemsAnswered202,
    failed: result.non2xx + result.errors + result.timeouts,
    slowestMs: result.latency.max,
  };
}

/** Every request belongs to one connection: to prepare all of them for each would take the client seconds. */
function sharesOf<T>(requests: readonly T[], connections: number): T[][] {
  return Array.from({ length: connections }, (_, connection) =>
    requests.filter((_request, index) => index % connections === connection),
  );
}
