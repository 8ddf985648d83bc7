import { AppError } from '../../kernel/app-error.js';
import { MINUTE_MS } from '../../kernel/clock.js';
import { hashOf, signText, verifySigned } from '../../kernel/secrets.js';
import { audit, inTransaction, type TenancyDeps } from '../tenancy-deps.js';
import { CONNECT_ATTEMPTS } from '../types.js';

/** Time to open a ticket's address, and again to sign in. */
export const TICKET_LIFE_MS = 15 * MINUTE_MS;
/** Time to read and accept what the app asks for. */
export const CONSENT_LIFE_MS = 60 * MINUTE_MS;

/** Bytes of every random text in here: beyond guessing. */
const TOKEN_BYTES = 32;

/** What the signature of the browser's cookie is for. */
const COOKIE_PURPOSE = 'connect-cookie';

/** One way through connecting a tenant. Tickets, states and browsers are kept as hashes: the row opens nothing. */
export interface ConnectAttemptRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly tenantId: string;
  /** Who asked for the ticket. */
  readonly by: string;
  readonly step: 'begun' | 'signing_in' | 'redeeming' | 'consenting' | 'refused';
  readonly ticketHash: string;
  readonly browserHash: string | null;
  readonly stateHash: string | null;
  readonly nonce: string | null;
  readonly codeVerifier: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What the browser that opened the ticket brings back. */
export interface BrowserEvidence {
  readonly cookie: string | undefined;
  readonly state: string | undefined;
}

/** The steps of an attempt; each can be taken once, in order, in time, and by the browser that opened the ticket. */
export interface ConnectAttempts {
  /** Answers the ticket, which is told only now. */
  begin(attempt: { enterpriseId: string; tenantId: string; by: string }): Promise<{ ticket: string; expiresAt: Date }>;
  /** Uses the ticket up and binds the attempt to this browser. */
  open(ticket: string): Promise<{ attempt: ConnectAttemptRow; cookie: string } | null>;
  startSignIn(
    attempt: ConnectAttemptRow,
    secrets: { state: string; nonce: string; codeVerifier: string },
  ): Promise<boolean>;
  /** Uses the sign-in's state up. */
  takeSignIn(evidence: BrowserEvidence): Promise<ConnectAttemptRow | null>;
  /** Answers the state for the consent's way back. */
  startConsent(attempt: ConnectAttemptRow): Promise<string>;
  /** Can be repeated until it expires: Entra ID needs a while until a consent shows. */
  findConsent(evidence: BrowserEvidence): Promise<ConnectAttemptRow | null>;
  refuse(attempt: ConnectAttemptRow, reason: string): Promise<void>;
}

export interface ConnectAttemptDeps extends TenancyDeps {
  /** The first signs the cookie, all verify it. */
  readonly appSecrets: readonly string[];
}

export function createConnectAttempts(deps: ConnectAttemptDeps): ConnectAttempts {
  const attempts = deps.store.collection<ConnectAttemptRow>(CONNECT_ATTEMPTS);

  return { begin, open, startSignIn, takeSignIn, startConsent, findConsent, refuse };

  async function begin(wanted: { enterpriseId: string; tenantId: string; by: string }) {
    const ticket = deps.chance.token(TOKEN_BYTES);
    const expiresAt = new Date(deps.clock.nowMs() + TICKET_LIFE_MS);
    const { enterpriseId, tenantId, by } = wanted;
    const row: ConnectAttemptRow = {
      _id: deps.chance.guid(),
      ...{ enterpriseId, tenantId, by, step: 'begun', ticketHash: hashOf(ticket) },
      ...{ browserHash: null, stateHash: null, nonce: null, codeVerifier: null },
      ...{ createdAt: deps.clock.now(), expiresAt },
    };
    await inTransaction(deps, async (session) => {
      await attempts.insertOne(row, { session });
      await audit(deps, session, entryOf(row, 'connect.begun'));
    });
    return { ticket, expiresAt };
  }

  async function open(ticket: string) {
    const browser = deps.chance.token(TOKEN_BYTES);
    const attempt = await step(
      { step: 'begun', ticketHash: hashOf(ticket) },
      { step: 'redeeming', browserHash: hashOf(browser) },
      'connect.opened',
    );
    return attempt === null
      ? null
      : { attempt, cookie: signText(deps.appSecrets, COOKIE_PURPOSE, `${attempt._id}.${browser}`) };
  }

  async function startSignIn(
    attempt: ConnectAttemptRow,
    secrets: { state: string; nonce: string; codeVerifier: string },
  ): Promise<boolean> {
    const { nonce, codeVerifier } = secrets;
    const change = { step: 'signing_in' as const, stateHash: hashOf(secrets.state), nonce, codeVerifier };
    const filter = { _id: attempt._id, step: 'redeeming' as const };
    return (await step(filter, { ...change, ...lifetime(TICKET_LIFE_MS) }, 'connect.sent_to_sign_in')) !== null;
  }

  async function takeSignIn(evidence: BrowserEvidence): Promise<ConnectAttemptRow | null> {
    const filter = filterOf(evidence);
    if (filter === null) return null;
    // The state goes, so that the same answer opens nothing twice.
    return step({ ...filter, step: 'signing_in' }, { step: 'redeeming', stateHash: null }, 'connect.came_back');
  }

  async function startConsent(attempt: ConnectAttemptRow): Promise<string> {
    const state = deps.chance.token(TOKEN_BYTES);
    const spent = { nonce: null, codeVerifier: null };
    const change = { step: 'consenting' as const, stateHash: hashOf(state), ...spent, ...lifetime(CONSENT_LIFE_MS) };
    const next = await step({ _id: attempt._id, step: 'redeeming' }, change, 'connect.sent_to_consent');
    if (next === null) throw new AppError('attempt_lost', 'This connecting was ended meanwhile: begin again.');
    return state;
  }

  async function findConsent(evidence: BrowserEvidence): Promise<ConnectAttemptRow | null> {
    const filter = filterOf(evidence);
    if (filter === null) return null;
    return attempts.findOne({ ...filter, step: 'consenting', expiresAt: { $gt: deps.clock.now() } });
  }

  async function refuse(attempt: ConnectAttemptRow, reason: string): Promise<void> {
    await inTransaction(deps, async (session) => {
      await attempts.updateOne({ _id: attempt._id }, { $set: { step: 'refused', stateHash: null } }, { session });
      const entry = entryOf(attempt, 'connect.refused');
      await audit(deps, session, { ...entry, after: { ...entry.after, reason } });
    });
  }

  /** Takes an attempt on if it is where it should be and in time, with its line for the audit log. */
  async function step(
    filter: Partial<Pick<ConnectAttemptRow, '_id' | 'step' | 'ticketHash' | 'browserHash' | 'stateHash'>>,
    change: Partial<ConnectAttemptRow>,
    what: string,
  ): Promise<ConnectAttemptRow | null> {
    return inTransaction(deps, async (session) => {
      const row = await attempts.findOneAndUpdate(
        { ...filter, expiresAt: { $gt: deps.clock.now() } },
        { $set: change },
        { session, returnDocument: 'after' },
      );
      if (row !== null) await audit(deps, session, entryOf(row, what));
      return row;
    });
  }

  function lifetime(ms: number): Pick<ConnectAttemptRow, 'expiresAt'> {
    return { expiresAt: new Date(deps.clock.nowMs() + ms) };
  }

  function filterOf(evidence: BrowserEvidence): { _id: string; browserHash: string; stateHash: string } | null {
    const text = verifySigned(deps.appSecrets, COOKIE_PURPOSE, evidence.cookie ?? '');
    const [attemptId, browser, ...rest] = text?.split('.') ?? [];
    if (!attemptId || !browser || rest.length > 0 || !evidence.state) return null;
    return { _id: attemptId, browserHash: hashOf(browser), stateHash: hashOf(evidence.state) };
  }
}

function entryOf(row: ConnectAttemptRow, what: string) {
  const { enterpriseId, tenantId, by } = row;
  return { enterpriseId, who: by, what, before: null, after: { attemptId: row._id, tenantId } };
}
