import express, { type Request, type Response, Router } from 'express';
import { type Chance, systemChance } from '../../kernel/chance.js';
import { type Clock, systemClock } from '../../kernel/clock.js';
import type { World } from '../world/types.js';
import { type CheckedToken, createTokenCheck } from './access-token.js';
import { answerAdminConsent } from './admin-consent.js';
import { answerAuthorize } from './authorize.js';
import { type IdentityAnswer, type IdentityContext, ORGANIZATIONS, tenantOf } from './identity-context.js';
import { createSigningKeys, type SigningKeys } from './signing-keys.js';
import { answerTokenRequest } from './token-endpoint.js';
import { tokenError } from './token-error.js';

/** The simulated Entra: its routes, and what the simulated Graph needs of it. */
export interface Identity {
  readonly router: Router;
  verifyAccessToken(token: string): CheckedToken;
  /** Signs claims of the caller's own, such as those of a validation token in a rich notification. */
  sign(claims: object): string;
  rotateKeys(): void;
  /** Refuses the next token requests with 503 and AADSTS90033. */
  throttleTokens(times: number, retryAfterSeconds: number): void;
}

interface IdentityOptions {
  baseUrl(): string;
  readonly clock?: Pick<Clock, 'nowMs'>;
  readonly chance?: Chance;
  /** Made elsewhere; left out: new ones. */
  readonly keys?: SigningKeys;
}

export function createIdentity(world: World, options: IdentityOptions): Identity {
  const { baseUrl, clock = systemClock, chance = systemChance, keys = createSigningKeys(chance) } = options;
  const context: IdentityContext = {
    ...{ world, baseUrl, clock, chance, keys },
    ...{ codes: new Map(), usedAssertions: new Map(), throttle: { times: 0, retryAfterSeconds: 60 } },
  };
  return {
    router: createRouter(context),
    verifyAccessToken: createTokenCheck(context),
    sign: context.keys.sign,
    rotateKeys: context.keys.rotate,
    throttleTokens: (times, retryAfterSeconds) => Object.assign(context.throttle, { times, retryAfterSeconds }),
  };
}

function createRouter(context: IdentityContext): Router {
  const router = Router();
  const keys = (_: Request, response: Response) => response.json(context.keys.keySet());
  router.use(express.urlencoded({ extended: false }));
  router.post('/:tenant/oauth2/v2.0/token', (request, response) =>
    send(response, answerTokenRequest(context, segmentOf(request), formOf(request) ?? new URLSearchParams())),
  );
  router.all('/:tenant/oauth2/v2.0/authorize', (request, response) =>
    send(response, answerAuthorize(context, segmentOf(request), { query: queryOf(request), form: formOf(request) })),
  );
  for (const [path, version] of [
    ['/:tenant/v2.0/adminconsent', 'v2'],
    ['/:tenant/adminconsent', 'v1'],
  ] as const) {
    router.all(path, (request, response) => {
      const asked = { query: queryOf(request), form: formOf(request), version };
      send(response, answerAdminConsent(context, segmentOf(request), asked));
    });
  }
  router.get('/:tenant/v2.0/.well-known/openid-configuration', (request, response) =>
    send(response, openIdDocument(context, segmentOf(request))),
  );
  router.get('/:tenant/discovery/v2.0/keys', keys);
  return router;
}

function openIdDocument(context: IdentityContext, segment: string): IdentityAnswer {
  const isCommon = ['common', ORGANIZATIONS].includes(segment.toLowerCase());
  const tenant = isCommon ? { id: segment.toLowerCase() } : tenantOf(context, segment);
  if (tenant === undefined) return tokenError(context, 90002, `Tenant '${segment}' not found.`);
  const root = `${context.baseUrl()}/${tenant.id}`;
  const body = {
    ...{ token_endpoint: `${root}/oauth2/v2.0/token`, authorization_endpoint: `${root}/oauth2/v2.0/authorize` },
    // Entra's documents for `common` and `organizations` have this placeholder in their issuer.
    ...{
      jwks_uri: `${root}/discovery/v2.0/keys`,
      issuer: `${context.baseUrl()}/${isCommon ? '{tenantid}' : tenant.id}/v2.0`,
    },
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    ...{
      response_modes_supported: ['query'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
    },
    ...{ id_token_signing_alg_values_supported: ['RS256'], scopes_supported: ['openid', 'profile', 'email'] },
  };
  return { kind: 'json', status: 200, body };
}

function send(response: Response, answer: IdentityAnswer): void {
  response.set('cache-control', 'no-store');
  switch (answer.kind) {
    case 'json':
      response
        .status(answer.status)
        .set(answer.headers ?? {})
        .json(answer.body);
      return;
    case 'page':
      response.status(answer.status).set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      response.type('html').send(answer.html);
      return;
    case 'redirect':
      response.redirect(302, answer.location);
      return;
    default:
      answer satisfies never;
  }
}

function segmentOf(request: Request): string {
  return String(request.params['tenant']);
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://simulator').searchParams;
}

/** The form of a POST; null for a GET. */
function formOf(request: Request): URLSearchParams | null {
  return request.method === 'POST' ? new URLSearchParams(request.body ?? {}) : null;
}
