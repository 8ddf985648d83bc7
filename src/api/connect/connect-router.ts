import { type Response, Router } from 'express';
import type { Connect } from '../../tenancy/connect/connect.js';
import { cookieOf, cookieRules } from '../session/cookies.js';
import { isSpeculative, parameter } from '../session/query.js';
import { CONNECTED_PAGE, type ConnectPage, connectPageHtml, REFUSAL_PAGES, waitingPage } from './connect-page.js';

export interface ConnectRouterDeps {
  readonly connect: Pick<Connect, 'start' | 'callback' | 'consent'>;
  /** Decides whether the cookie needs https. */
  readonly publicUrl: string;
}

/** Pages of ours load nothing at all, are kept nowhere and tell no other site the code in their address. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** GET /connect/start, /connect/callback and /connect/consent (CONTRACT section 3). */
export function createConnectRouter(deps: ConnectRouterDeps): Router {
  const cookies = cookieRules(deps.publicUrl);
  const cookieName = cookies.name('connect');
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
    if (isSpeculative(request)) {
      response.status(503).end();
      return;
    }
    const result = await deps.connect.start(parameter(request, 'ticket') ?? '');
    if (result.outcome === 'refused') return show(response, REFUSAL_PAGES[result.reason]);
    response.cookie(cookieName, result.cookie, { ...cookies.options, maxAge: result.cookieLifeMs });
    response.redirect(302, result.url);
  });
  router.get('/connect/callback', async (request, response) => {
    const evidence = { cookie: cookieOf(request, cookieName), state: parameter(request, 'state') };
    const result = await deps.connect.callback({ ...evidence, code: parameter(request, 'code') });
    if (result.outcome === 'refused') return show(response, REFUSAL_PAGES[result.reason]);
    response.redirect(302, result.url);
  });
  router.get('/connect/consent', async (request, response) => {
    const evidence = { cookie: cookieOf(request, cookieName), state: parameter(request, 'state') };
    const result = await deps.connect.consent(evidence);
    if (result.outcome === 'refused') return show(response, REFUSAL_PAGES[result.reason]);
    show(response, result.outcome === 'connected' ? CONNECTED_PAGE : waitingPage(result.message));
  });
  return router;
}

function show(response: Response, page: ConnectPage): void {
  response.status(page.status).type('html').send(connectPageHtml(page));
}
