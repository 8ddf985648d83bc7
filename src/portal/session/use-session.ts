import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ApiProblem, send } from '../api/client.js';
import type { Session } from '../api/types.js';

const KEY = ['/session'];

/** Who is signed in; null: nobody. */
export function useSession() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => currentSession(signal), staleTime: 60_000 });
}

async function currentSession(signal: AbortSignal): Promise<Session | null> {
  try {
    return await send<Session>('/session', { signal });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
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
