import type { Request, RequestHandler, Response } from 'express';
import type { Access } from '../../access/access.js';
import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import { cookieOf, cookieRules } from './cookies.js';

export interface AuthenticateDeps {
  readonly access: Pick<Access, 'authenticate'>;
  /** Where browsers reach the service: whose pages may send changes by a session. */
  readonly publicUrl: string;
}

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Header of what our page asks by itself while nobody touches it: a session ends for not being used. */
const UNATTENDED = 'ghs-unattended';

/**
 * Lets nobody pass who is not signed in: who it is stands in `principalOf(response)` then. A session (cookie) or a
 * bearer token, never both; what changes something by a session must come from a page of ours.
 *
 * Refuses with 401 `not_signed_in` or `bad_token`, 400 `two_credentials`, 403 `wrong_origin`.
 */
export function createAuthenticate(deps: AuthenticateDeps): RequestHandler {
  const sessionCookie = cookieRules(deps.publicUrl).name('session');
  return async (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    const cookie = cookieOf(request, sessionCookie);
    const authorization = request.get('authorization');
    if (cookie !== undefined && authorization !== undefined) throw twoCredentials();
    response.locals['principal'] =
      authorization === undefined ? await bySession(request, cookie) : await byToken(response, authorization);
    next();
  };

  async function bySession(request: Request, cookie: string | undefined): Promise<Principal> {
    const isUse = request.get(UNATTENDED) === undefined;
    const principal = cookie === undefined ? null : await deps.access.authenticate({ cookie }, { isUse });
    if (principal === null) throw notSignedIn();
    if (!SAFE.has(request.method)) requireOurPage(request, deps.publicUrl);
    return principal;
  }

  async function byToken(response: Response, authorization: string): Promise<Principal> {
    const bearer = bearerIn(authorization);
    const principal = bearer === undefined ? null : await deps.access.authenticate({ bearer });
    if (principal !== null) return principal;
    // RFC 6750 section 3.
    response.set('WWW-Authenticate', 'Bearer error="invalid_token"');
    const text = 'This token is not known, was revoked or has ended: ask an operator for another one.';
    throw new AppError('bad_token', text, { status: 401 });
  }
}

/** What a request shows of who sends it; null: nothing. */
export function credentialOf(
  request: Pick<Request, 'get'>,
  publicUrl: string,
): { cookie: string } | { bearer: string } | null {
  const bearer = bearerIn(request.get('authorization') ?? '');
  if (bearer !== undefined) return { bearer };
  const cookie = cookieOf(request, cookieRules(publicUrl).name('session'));
  return cookie === undefined ? null : { cookie };
}

/** The token of an `Authorization` header (RFC 6750 section 2.1); undefined where there is none. */
function bearerIn(authorization: string): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

/** Whom `createAuthenticate` let pass. */
export function principalOf(response: Response): Principal {
  const principal: Principal | undefined = response.locals['principal'];
  if (principal === undefined) throw new Error('This route stands before createAuthenticate.');
  return principal;
}

/** Refuses what a page of another origin sends, and what tells of no page at all. @throws AppError wrong_origin */
export function requireOurPage(request: Request, publicUrl: string): void {
  const origin = request.get('origin');
  if (origin === undefined ? request.get('sec-fetch-site') === 'same-origin' : isOurs(origin, publicUrl)) return;
  throw wrongOrigin(publicUrl);
}

/** Refuses what a page of another origin sends; programs, which tell of no page, may pass. @throws AppError wrong_origin */
export function refuseForeignPage(request: Request, publicUrl: string): void {
  const [origin, site] = [request.get('origin'), request.get('sec-fetch-site')];
  const isForeign =
    origin === undefined ? site !== undefined && site !== 'same-origin' && site !== 'none' : !isOurs(origin, publicUrl);
  if (isForeign) throw wrongOrigin(publicUrl);
}

function isOurs(origin: string, publicUrl: string): boolean {
  return origin === new URL(publicUrl).origin;
}

function wrongOrigin(publicUrl: string): AppError {
  const text = `This was not sent by a page of ${publicUrl}. Open the portal at that address and try again there.`;
  return new AppError('wrong_origin', text, { status: 403 });
}

function notSignedIn(): AppError {
  return new AppError('not_signed_in', 'You are not signed in, or no longer. Sign in and try again.', { status: 401 });
}

function twoCredentials(): AppError {
  const text = 'The request has a session and a token. Send one of them.';
  return new AppError('two_credentials', text, { status: 400 });
}
