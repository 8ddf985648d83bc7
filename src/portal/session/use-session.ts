import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ApiProblem, send } from '../api/client.js';
import type { Session } from '../api/types.js';

const KEY = ['/session'];

/** Who is signed in, looked at again whenever the page comes into sight; null: nobody yet. */
export function useSession() {
  return useQuery({ queryKey: KEY, queryFn: currentSession, staleTime: 60_000, refetchOnWindowFocus: 'always' });
}

/** Whose session has ended stays known until somebody signs in: their page waits, with what they typed. */
async function currentSession({ client, signal }: { client: QueryClient; signal: AbortSignal }) {
  const before = client.getQueryData<Session | null>(KEY) ?? null;
  try {
    const now = await send<Session>('/session', { signal });
    if (before !== null && before.account.id !== now.account.id) forgetWhatWasRead(client);
    return now;
  } catch (error) {
    if (isNotSignedIn(error)) return before && { ...before, hasEnded: true as const };
    throw error;
  }
}

/** Somebody else may see other things. */
function forgetWhatWasRead(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
}

function isNotSignedIn(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** Whatever is refused because nobody is signed in tells that the session has ended. */
export function noticeEnd(client: QueryClient, error: unknown): void {
  if (isNotSignedIn(error)) void client.invalidateQueries({ queryKey: KEY }, { cancelRefetch: false });
}

/** Forgets everything of whoever was signed in. */
export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    await send('/session', { method: 'DELETE' });
    queries.clear();
  };
}

/** The enterprise that the address names, and what the person may do there. */
export function useEnterprise(): { enterpriseId: string; base: string; path: string; mayChange: boolean } {
  const { enterpriseId = '' } = useParams();
  const { data } = useSession();
  const role = data?.account.role ?? 'reader';
  const encoded = encodeURIComponent(enterpriseId);
  return {
    enterpriseId,
    base: `/enterprises/${encoded}`,
    path: `/enterprises/${encoded}/integrations/entra`,
    mayChange: role !== 'reader',
  };
}
