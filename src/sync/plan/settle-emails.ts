import type { ClientSession } from 'mongodb';
import { type EmailHolder, settleClaims } from '../../projection/claims.js';
import { refuse } from '../../projection/refuse.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Draft } from './decide.js';
import type { LoadDeps, Scope } from './load-inputs.js';

export interface SettledDraft {
  readonly draft: Draft;
  /** The address that somebody else holds: whoever frees it tells this person's row (law L6). */
  readonly waitsForEmail: string | null;
}

interface SettleRequest {
  readonly scope: Scope;
  readonly drafts: readonly Draft[];
  readonly session?: ClientSession | undefined;
  readonly rivals?: ReadonlyMap<string, readonly string[]> | undefined;
  readonly takenEmails?: ReadonlySet<string> | undefined;
}

/** Decides over the whole batch who gets which address; who is refused keeps everything else (S36). */
export async function settleEmails(deps: LoadDeps, request: SettleRequest): Promise<SettledDraft[]> {
  const { drafts, scope, session } = request;
  const claims = drafts.map(({ read, user, projection, mayTake }) => ({
    objectId: read.objectId,
    recordId: user?._id ?? null,
    currentKey: user?.emailKey ?? null,
    // An address that may not be taken up now frees nothing: who wants the old one has to wait.
    wantedKey: mayTake || !changesEmail(projection) ? projection.wantedEmailKey : null,
  }));
  const moves = claims.filter(({ wantedKey, currentKey }) => wantedKey !== null && wantedKey !== currentKey);
  const keys = [...new Set(moves.flatMap(({ wantedKey }) => wantedKey ?? []))];
  if (keys.length === 0) return drafts.map((draft) => ({ draft, waitsForEmail: null }));
  const holders = await holdersOf(deps, { keys, scope, session });
  for (const key of request.takenEmails ?? []) if (!holders.has(key)) holders.set(key, unknownHolder());
  const rivals = await rivalsOf(deps, request, keys);
  const verdicts = settleClaims({ claims, holders, rivals });
  return drafts.map((draft) => {
    const verdict = verdicts.get(draft.read.objectId);
    if (verdict?.outcome !== 'refused') return { draft, waitsForEmail: null };
    const { refusal } = verdict;
    return { draft: { ...draft, projection: refuse(draft.projection, refusal) }, waitsForEmail: refusal.key };
  });
}

function changesEmail({ takes }: Draft['projection']): boolean {
  return takes.some(({ taking }) => taking === 'email_change');
}

async function holdersOf(
  { store }: LoadDeps,
  { keys, scope, session }: { keys: readonly string[]; scope: Scope; session?: ClientSession | undefined },
): Promise<Map<string, EmailHolder>> {
  const users = await store
    .collection<UserRow>(USERS)
    .find({ emailKey: { $in: [...keys] } }, session ? { session } : {})
    .project<Pick<UserRow, '_id' | 'enterpriseId' | 'emailKey' | 'entra'>>({ enterpriseId: 1, emailKey: 1, entra: 1 })
    .toArray();
  return new Map(
    users.map(({ _id, enterpriseId, emailKey, entra }) => {
      const sameEnterprise = enterpriseId === scope.enterpriseId;
      const linkedObjectId = sameEnterprise ? (entra?.objectId ?? null) : null;
      return [emailKey ?? '', { recordId: _id, enterpriseId, linkedObjectId, sameEnterprise }];
    }),
  );
}

/** Somebody took the address between our look and our write; who, is seen at the next look. */
function unknownHolder(): EmailHolder {
  return { recordId: '', enterpriseId: '', linkedObjectId: null, sameEnterprise: false };
}

/** Who else in the directory wants the address: of the same run, and of the mirror. */
async function rivalsOf(
  { people }: LoadDeps,
  { scope, session, rivals, drafts }: SettleRequest,
  keys: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, Set<string>>();
  const add = (key: string, objectId: string) => found.set(key, (found.get(key) ?? new Set()).add(objectId));
  const here = new Set(drafts.map(({ read }) => read.objectId));
  for (const row of await people.wanting(scope.tenantId, keys, session))
    if (row.wantedEmailKey && !here.has(row.objectId)) add(row.wantedEmailKey, row.objectId);
  for (const key of keys) for (const objectId of rivals?.get(key) ?? []) if (!here.has(objectId)) add(key, objectId);
  return new Map([...found].map(([key, objectIds]) => [key, [...objectIds]]));
}
