import type { ClientSession } from 'mongodb';
import { DAY_MS, HOUR_MS } from '../kernel/clock.js';
import { hashOf, signText, verifySigned } from '../kernel/secrets.js';
import { inTransaction } from '../store/in-transaction.js';
import { type AccessDeps, SEEN_EVERY_MS } from './access-deps.js';
import { SESSIONS, type SessionRow, type SessionSubject } from './types.js';

/** A session ends so long after it was last used. */
export const SESSION_IDLE_MS = 8 * HOUR_MS;
/** And so long after it began, however much it is used. */
export const SESSION_MOST_MS = 7 * DAY_MS;

const TOKEN_BYTES = 32;
/** What the signature of the cookie is for. */
const COOKIE_PURPOSE = 'session-cookie';

/** Sessions of browsers: a random token in a signed cookie, kept as its hash. */
export interface Sessions {
  /**
   * A new session with a new token at every sign-in; the browser's former one ends.
   *
   * @param begun.confirm  looks again, in the same transaction, whether it may begin; false: it does not
   * @returns the cookie's value, or null
   */
  begin(begun: {
    readonly subject: SessionSubject;
    readonly replaces: string | undefined;
    confirm(session: ClientSession): Promise<boolean>;
  }): Promise<string | null>;
  /** The session of a cookie that we signed, unless it has ended. */
  look(cookie: string): Promise<SessionRow | null>;
  /** The same; it is used by that. */
  use(cookie: string): Promise<SessionRow | null>;
  /** False where there was none any more. */
  end(cookie: string, session: ClientSession): Promise<boolean>;
}

export function createSessions(deps: AccessDeps & { readonly appSecrets: readonly string[] }): Sessions {
  const sessions = deps.store.collection<SessionRow>(SESSIONS);

  return {
    begin,
    look,
    use,
    end: async (cookie, session) => {
      const id = idOf(cookie);
      return id !== null && (await sessions.deleteOne({ _id: id }, { session })).deletedCount === 1;
    },
  };

  async function begin(begun: Parameters<Sessions['begin']>[0]): Promise<string | null> {
    const token = deps.chance.token(TOKEN_BYTES);
    const createdAt = deps.clock.now();
    const row = { _id: hashOf(token), subject: begun.subject, createdAt, ...seen(createdAt) };
    const former = begun.replaces === undefined ? null : idOf(begun.replaces);
    const isBegun = await inTransaction(deps, async (session) => {
      if (!(await begun.confirm(session))) return false;
      if (former !== null) await sessions.deleteOne({ _id: former }, { session });
      await sessions.insertOne(row, { session });
      return true;
    });
    return isBegun ? signText(deps.appSecrets, COOKIE_PURPOSE, token) : null;
  }

  async function look(cookie: string): Promise<SessionRow | null> {
    const id = idOf(cookie);
    return id === null ? null : sessions.findOne({ _id: id, expiresAt: { $gt: deps.clock.now() } });
  }

  async function use(cookie: string): Promise<SessionRow | null> {
    const row = await look(cookie);
    if (row === null || deps.clock.nowMs() - row.lastSeenAt.getTime() < SEEN_EVERY_MS) return row;
    // Never brings back one that was ended meanwhile: there is no upsert.
    await sessions.updateOne({ _id: row._id }, { $set: seen(row.createdAt) });
    return row;
  }

  function seen(createdAt: Date): Pick<SessionRow, 'lastSeenAt' | 'expiresAt'> {
    const nowMs = deps.clock.nowMs();
    const endsMs = Math.min(nowMs + SESSION_IDLE_MS, createdAt.getTime() + SESSION_MOST_MS);
    return { lastSeenAt: new Date(nowMs), expiresAt: new Date(endsMs) };
  }

  function idOf(cookie: string): string | null {
    const token = verifySigned(deps.appSecrets, COOKIE_PURPOSE, cookie);
    return token === null ? null : hashOf(token);
  }
}

/** Ends all sessions of an account or person, in the transaction of what ends them. */
export async function endSessionsOf(
  deps: Pick<AccessDeps, 'store'>,
  session: ClientSession,
  subjectId: string,
): Promise<void> {
  await deps.store.collection<SessionRow>(SESSIONS).deleteMany({ 'subject.id': subjectId }, { session });
}
