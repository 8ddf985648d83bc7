import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { ApiProblem, queryOf, type Sending, send } from './client.js';
import type { Counter } from './live-stream.js';

export interface ApiOptions<T = unknown> {
  /** Read again when one of these live counters moves. */
  readonly live?: readonly Counter[];
  readonly enabled?: boolean;
  /** Read again so often, in milliseconds: for what no counter tells. */
  readonly everyMs?: number | ((data: T | undefined) => number | false);
  /** What another filter found stays in sight until the answer is there. */
  readonly keep?: boolean;
}

/** One document of the API; the same path is read once for all that show it. */
export function useApi<T>(path: string, { live = [], enabled = true, everyMs }: ApiOptions<T> = {}) {
  return useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => send<T>(path, { signal }),
    meta: { live },
    enabled,
    refetchInterval: ({ state }) => (typeof everyMs === 'function' ? everyMs(state.data) : (everyMs ?? false)),
  });
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  /** There are others, though nothing goes on to them. */
  readonly more?: boolean;
}

type Filter = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A list of the API, page by page; `items` has those read so far. */
export function useApiList<T>(
  path: string,
  filter: Filter = {},
  { live = [], enabled = true, keep = false }: ApiOptions = {},
) {
  const found = useInfiniteQuery({
    queryKey: [path, filter],
    queryFn: ({ pageParam, signal }) => send<Page<T>>(`${path}${queryOf({ ...filter, after: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<T>) => page.next,
    meta: { live },
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
  return { ...found, items: found.data?.pages.flatMap(({ items }) => items) ?? [] };
}

/** An act: afterwards everything that is shown is read again, and where it was refused because things are otherwise. */
export function useAct<Given, Answer = unknown>(request: (given: Given) => { path: string } & Sending) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => {
      const { path, ...sending } = request(given);
      return send<Answer>(path, sending);
    },
    onSuccess: () => readAgain(queries),
    onError: (error) => (error instanceof ApiProblem && error.status === 409 ? readAgain(queries) : undefined),
  });
}

export function readAgain(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries();
}

/** What is made of an answer, made once for all that show it. */
export function onceOf<Answer extends object, Made>(make: (answer: Answer) => Made): (answer: Answer) => Made {
  const made = new WeakMap<Answer, Made>();
  return (answer) => {
    const known = made.get(answer) ?? make(answer);
    made.set(answer, known);
    return known;
  };
}
