import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Access, SignedIn } from '../../access/access.js';
import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import { SECOND_MS } from '../../kernel/clock.js';
import type { Structure } from '../../tenancy/structure/structure.js';
import { checkedPart } from '../frame/request-input.js';
import { asField } from '../frame/settings-change.js';
import { createAuthenticate, principalOf, refuseForeignPage } from './authenticate.js';
import { cookieOf, cookieRules } from './cookies.js';
import { isSpeculative, parameter } from './query.js';

export interface SignInRouterDeps {
  readonly access: Access;
  readonly structure: Pick<Structure, 'listEnterprises' | 'getEnterprise'>;
  /** Where browsers reach the service, without a slash at its end. */
  readonly publicUrl: string;
}

/** Largest body of a sign-in. */
const BODY_LIMIT = '10kb';
/** Ways to sign in: Microsoft's is part of every configuration. */
const METHODS = { password: true, microsoft: true };

const credentials = z.strictObject({ userName: z.string().min(1).max(320), password: z.string().min(1).max(1_000) });

const passwordChange = z.strictObject({
  currentPassword: credentials.shape.password,
  newPassword: z.string().max(1_000),
});

/** Signing in and out: the session of the API, and the way through Microsoft. */
export function createSignInRouter(deps: SignInRouterDeps): Router {
  const { access, publicUrl } = deps;
  const cookies = cookieRules(publicUrl);
  const [sessionCookie, attemptCookie] = [cookies.name('session'), cookies.name('sign-in')];
  const authenticate = createAuthenticate(deps);
  const router = Router();
  router.use(['/api/v1/session', '/api/v1/sessions', '/sign-in'], (_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    next();
  });
  router.get('/api/v1/session/methods', (_request, response) => {
    response.json(METHODS);
  });
  router.post('/api/v1/session', express.json({ limit: BODY_LIMIT }), signIn);
  router.get('/api/v1/session', authenticate, async (_request, response) => {
    response.json(await described(deps, principalOf(response)));
  });
  router.delete('/api/v1/session', authenticate, async (request, response) => {
    await access.signOut(cookieOf(request, sessionCookie) ?? '', principalOf(response));
    signedOut(response);
  });
  router.delete('/api/v1/sessions', authenticate, async (_request, response) => {
    await access.signOutEverywhere(principalOf(response));
    signedOut(response);
  });
  router.put('/api/v1/session/password', authenticate, express.json({ limit: BODY_LIMIT }), changePassword);
  router.get('/sign-in/microsoft', toMicrosoft);
  router.get('/sign-in/callback', fromMicrosoft);
  return router;

  async function signIn(request: Request, response: Response): Promise<void> {
    refuseForeignPage(request, publicUrl);
    const { userName, password } = checkedPart(credentials, request.body, 'body');
    const replaces = cookieOf(request, sessionCookie);
    const result = await access.signIn({ userName, password, address: request.ip ?? '', replaces });
    const wrong = new AppError('sign_in_refused', 'The user name or the password is wrong.', { status: 401 });
    await answered(response, result, wrong);
  }

  async function changePassword(request: Request, response: Response): Promise<void> {
    const { currentPassword: current, newPassword: next } = checkedPart(passwordChange, request.body, 'body');
    const asked = { principal: principalOf(response), address: request.ip ?? '', current, next };
    const result = await access.changePassword(asked).catch(asField({ password: 'newPassword' }));
    const text = 'This is not your password. Type the one that you signed in with.';
    await answered(response, result, new AppError('password_wrong', text, { field: 'currentPassword' }));
  }

  /** The cookie of the session that begins, and whose it is. */
  async function answered(response: Response, result: SignedIn, wrong: AppError): Promise<void> {
    switch (result.outcome) {
      case 'refused':
        throw wrong;
      case 'throttled': {
        const seconds = Math.ceil(result.retryAfterMs / SECOND_MS);
        response.set('Retry-After', String(seconds));
        const text = `There were too many failed attempts. Try again in ${seconds} s.`;
        throw new AppError('sign_in_throttled', text, { status: 429 });
      }
      case 'signed_in':
        response.cookie(sessionCookie, result.cookie, cookies.options);
        response.json(await described(deps, result.principal));
        return;
      default:
        result satisfies never;
    }
  }

  async function toMicrosoft(request: Request, response: Response): Promise<void> {
    if (isSpeculative(request)) {
      response.status(503).end();
      return;
    }
    const wanted = { enterpriseId: parameter(request, 'enterprise'), returnTo: parameter(request, 'return') };
    const { url, cookie, cookieLifeMs } = await access.microsoft.start(wanted);
    response.cookie(attemptCookie, cookie, { ...cookies.options, maxAge: cookieLifeMs });
    response.redirect(302, url);
  }

  async function fromMicrosoft(request: Request, response: Response): Promise<void> {
    const result = await access.microsoft.callback({
      ...{ cookie: cookieOf(request, attemptCookie), replaces: cookieOf(request, sessionCookie) },
      ...{ state: parameter(request, 'state'), code: parameter(request, 'code') },
    });
    response.clearCookie(attemptCookie, cookies.options);
    if (result.outcome === 'refused') {
      response.redirect(302, `${publicUrl}/sign-in?problem=${result.problem}`);
      return;
    }
    response.cookie(sessionCookie, result.cookie, cookies.options);
    response.redirect(302, result.url);
  }

  function signedOut(response: Response): void {
    response.clearCookie(sessionCookie, cookies.options);
    response.status(204).end();
  }
}

/** Who somebody is, and which enterprises they may open. */
async function described({ structure }: Pick<SignInRouterDeps, 'structure'>, principal: Principal) {
  const { id, userName, displayName, role, enterpriseId, hasPassword } = principal;
  const rows =
    enterpriseId === null ? await structure.listEnterprises() : [await structure.getEnterprise(enterpriseId)];
  const enterprises = rows.map((row) => ({ id: row._id, name: row.name }));
  return { account: { id, userName, displayName, role, enterpriseId, hasPassword }, enterprises, methods: METHODS };
}
