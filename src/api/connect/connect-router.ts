import { type Request, type Response, Router } from 'express';
import type { Connect, Refused } from '../../tenancy/connect/connect.js';
import {
  CONNECTED_PAGE,
  type ConnectPage,
  connectPageHtml,
  REFUSAL_PAGES,
  STYLE_HASH,
  waitingPage,
} from './connect-page.js';

export interface ConnectRouterDeps {
  readonly connect: Pick<Connect, 'start' | 'callback' | 'consent'>;
  /** Decides whether the cookie needs https. */
  readonly publicUrl: string;
}

/** Longest value of a query parameter that is looked at: Entra's codes have some 1,000 characters. */
const PARAMETER_MAX_LENGTH = 4_096;

/** Pages of ours load nothing at all, are kept nowhere and tell no other site the code in their address. */
const HEADERS = {
  'Content-Security-Policy': [
    `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'`,
    "form-action 'none'; frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** GET /connect/start, /connect/callback and /connect/consent (CONTRACT section 3). */
export function createConnectRouter(deps: ConnectRouterDeps): Router {
  const isSecure = deps.publicUrl.startsWith('https:');
  // The prefix makes browsers refuse the cookie from anywhere but this very host; it needs https.
  const cookieName = isSecure ? '__Host-ghs-connect' : 'ghs-connect';
  const router = Router();
  router.use('/connect', (_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  // A look at the address, as messengers take it, must not use the ticket up.
  router.head('/connect/start', (_request, response) => {
    response.status(200).end();
  });
  router.get('/connect/start', async (request, response) => {
    if (/prefetch|prerender/i.test(request.get('sec-purpose') ?? request.get('purpose') ?? '')) {
      response.status(503).end();
      return;
    }
    const result = await deps.connect.start(parameter(request, 'ticket') ?? '');
    if (result.outcome === 'refused') return refuse(response, result);
    // Lax: Microsoft sends the browser back by a navigation from another site.
    response.cookie(cookieName, result.cookie, {
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure,
      path: '/',
      maxAge: result.cookieLifeMs,
    });
    response.redirect(302, result.url);
  });
  router.get('/connect/callback', async (request, response) => {
    const evidence = { cookie: cookieOf(request, cookieName), state: parameter(request, 'state') };
    const result = await deps.connect.callback({ ...evidence, code: parameter(request, 'code') });
    if (result.outcome === 'refused') return refuse(response, result);
    response.redirect(302, result.url);
  });
  router.get('/connect/consent', async (request, response) => {
    const evidence = { cookie: cookieOf(request, cookieName), state: parameter(request, 'state') };
    const result = await deps.connect.consent(evidence);
    if (result.outcome === 'refused') return refuse(response, result);
    const page = result.outcome === 'connected' ? CONNECTED_PAGE : waitingPage(result.message);
    show(response, page, result.enterpriseId);
  });
  return router;
}

/** A query parameter that is there once and not overlong. */
function parameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' && value.length <= PARAMETER_MAX_LENGTH ? value : undefined;
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function refuse(response: Response, { reason, enterpriseId }: Refused): void {
  show(response, REFUSAL_PAGES[reason], enterpriseId);
}

function show(response: Response, page: ConnectPage, enterpriseId: string | null): void {
  response.status(page.status).type('html').send(connectPageHtml(page, enterpriseId));
}
