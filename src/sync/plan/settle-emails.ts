import type { ClientSession } from 'mongodb';
import { type EmailClaim, type EmailHolder, type Rival, settleClaims } from '../../projection/claims.js';
import { refuse } from '../../projection/refuse.js';
import type { Projection } from '../../projection/types.js';
import { DIRECTORY_PERSON } from '../../records/people/user-indexes.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Draft } from './decide.js';
import type { LoadDeps, Scope } from './load-inputs.js';

export interface SettledDraft {
  readonly draft: Draft;
  /** The address that somebody else holds: whoever frees it tells this person's row (law L6). */
  readonly waitsForEmail: string | null;
}

/** What is known of the addresses that the people of a batch want. */
export interface AddressGround {
  /** Who holds them, by key. */
  readonly holders: ReadonlyMap<string, EmailHolder>;
  /** Who else in the directory wants them, by key, beyond the batch. */
  readonly rivals: ReadonlyMap<string, readonly Rival[]>;
}

export interface GroundRequest {
  readonly scope: Scope;
  readonly drafts: readonly Draft[];
  readonly session?: ClientSession | undefined;
  readonly rivals?: ReadonlyMap<string, readonly Rival[]> | undefined;
  readonly takenEmails?: ReadonlySet<string> | undefined;
}

/** Looks up who has and who wants the addresses that somebody of a batch wants anew. */
export async function addressGround(deps: LoadDeps, request: GroundRequest): Promise<AddressGround> {
  const wishes = request.drafts.map(wishOf);
  const moves = wishes.filter(({ wantedKey, currentKey }) => wantedKey !== null && wantedKey !== currentKey);
  const keys = [...new Set(moves.flatMap(({ wantedKey }) => wantedKey ?? []))];
  if (keys.length === 0) return { holders: new Map(), rivals: new Map() };
  const holders = await holdersOf(deps, { ...request, keys });
  for (const key of request.takenEmails ?? []) if (!holders.has(key)) holders.set(key, UNKNOWN_HOLDER);
  return { holders, rivals: await rivalsOf(deps, request, keys) };
}

/**
 * Decides over a whole batch who gets which address; who is refused keeps everything else (S36). `keepers` are people
 * whose change of address is held for an administrator: they keep theirs, and whoever wants it has to wait.
 */
export function settleEmails(
  drafts: readonly Draft[],
  { holders, rivals }: AddressGround,
  keepers: ReadonlySet<string> = NOBODY,
): SettledDraft[] {
  const claims = drafts.map((draft) => claimOf(draft, keepers));
  const verdicts = settleClaims({ claims, holders, rivals });
  return drafts.map((draft) => {
    const verdict = verdicts.get(draft.read.objectId);
    if (verdict?.outcome !== 'refused') return { draft, waitsForEmail: null };
    const { refusal } = verdict;
    return { draft: { ...draft, projection: refuse(draft.projection, refusal) }, waitsForEmail: refusal.key };
  });
}

const NOBODY: ReadonlySet<string> = new Set();

/** What somebody claims now. An address that may not be taken up now frees nothing: who wants the old one waits. */
export function claimOf(draft: Draft, keepers: ReadonlySet<string> = NOBODY): EmailClaim {
  const wish = wishOf(draft);
  const { projection, mayTake, read } = draft;
  const stays = changesEmail(projection) && (!mayTake || keepers.has(read.objectId));
  return stays ? { ...wish, wantedKey: null } : wish;
}

/** What somebody would claim if everything that is planned for them were applied. */
export function wishOf({ read, user, projection }: Draft): EmailClaim {
  const currentKey = user?.emailKey ?? null;
  const { wantedEmailKey } = projection;
  const isPlanned = changesEmail(projection) || projection.gives.some(givesEmail) || wantedEmailKey === currentKey;
  return {
    objectId: read.objectId,
    recordId: user?._id ?? null,
    currentKey,
    wantedKey: isPlanned ? wantedEmailKey : null,
  };
}

function changesEmail({ takes }: Projection): boolean {
  return takes.some(({ taking }) => taking === 'email_change');
}

function givesEmail(change: Projection['gives'][number]): boolean {
  if (change.kind === 'update') return change.field === 'email';
  return change.kind === 'create' || change.kind === 'restore';
}

async function holdersOf(
  { store }: LoadDeps,
  { keys, scope, session }: Pick<GroundRequest, 'scope' | 'session'> & { keys: readonly string[] },
): Promise<Map<string, EmailHolder>> {
  const users = await store
    .collection<UserRow>(USERS)
    .find({ emailKey: { $in: [...keys] } }, session ? { session } : {})
    .project<Pick<UserRow, '_id' | 'enterpriseId' | 'emailKey' | 'entra' | 'origin'>>({
      ...{ enterpriseId: 1, emailKey: 1, entra: 1, origin: 1 },
    })
    .toArray();
  return new Map(
    users.map(({ _id, enterpriseId, emailKey, entra, origin }) => {
      const sameEnterprise = enterpriseId === scope.enterpriseId;
      const isLinked = sameEnterprise && entra?.tenantId === scope.tenantId;
      const linkedObjectId = isLinked ? (entra?.objectId ?? null) : null;
      return [emailKey ?? '', { recordId: _id, origin, linkedObjectId, sameEnterprise }];
    }),
  );
}

/** Somebody took the address between our look and our write; who, is seen at the next look. */
const UNKNOWN_HOLDER: EmailHolder = { recordId: '', origin: 'manual', linkedObjectId: null, sameEnterprise: false };

/** Who else in the directory wants the address: of the same run, and of the mirror. */
async function rivalsOf(
  deps: LoadDeps,
  { scope, session, rivals, drafts }: GroundRequest,
  keys: readonly string[],
): Promise<Map<string, Rival[]>> {
  const here = new Set(drafts.map(({ read }) => read.objectId));
  const rows = await deps.people.wanting(scope.tenantId, keys, session);
  const others = rows.filter(({ objectId }) => !here.has(objectId));
  const recorded = await withRecord(deps, { scope, session, objectIds: others.map(({ objectId }) => objectId) });
  const found = new Map<string, Map<string, Rival>>();
  const add = (key: string, rival: Rival) =>
    found.set(key, (found.get(key) ?? new Map<string, Rival>()).set(rival.objectId, rival));
  for (const key of keys) for (const rival of rivals?.get(key) ?? []) if (!here.has(rival.objectId)) add(key, rival);
  for (const { objectId, wantedEmailKey } of others)
    if (wantedEmailKey) add(wantedEmailKey, { objectId, hasRecord: recorded.has(objectId) });
  return new Map([...found].map(([key, people]) => [key, [...people.values()]]));
}

async function withRecord(
  { store }: LoadDeps,
  { scope, session, objectIds }: Pick<GroundRequest, 'scope' | 'session'> & { objectIds: readonly string[] },
): Promise<Set<string>> {
  if (objectIds.length === 0) return new Set();
  const { enterpriseId, tenantId } = scope;
  const linked = { enterpriseId, 'entra.tenantId': tenantId, 'entra.objectId': { $in: [...objectIds] } };
  const users = await store
    .collection<UserRow>(USERS)
    .find(linked, session ? { session } : {})
    .hint(DIRECTORY_PERSON)
    .project<Pick<UserRow, 'entra'>>({ 'entra.objectId': 1 })
    .toArray();
  return new Set(users.flatMap(({ entra }) => entra?.objectId ?? []));
}
