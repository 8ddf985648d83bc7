import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { send } from './client.js';
import type { Counter } from './live-stream.js';

/** What would come of something: asked anew whenever it changes, while what was answered before stays in sight. */
export function usePreview<T>(path: string, body: object | null, live: readonly Counter[] = []) {
  return useQuery({
    queryKey: [path, body],
    queryFn: ({ signal }) => send<T>(path, { method: 'POST', body, signal, reads: true }),
    placeholderData: keepPreviousData,
    meta: { live },
    enabled: body !== null,
  });
}
