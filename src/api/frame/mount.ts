import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler, Router } from 'express';
import { may } from '../../access/may.js';
import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { ApiServices } from '../api-services.js';
import { principalOf } from '../session/authenticate.js';
import { answerOnce } from './answer-once.js';
import { ifMatchOf, readInput } from './request-input.js';
import type { Route, RouteInput } from './route.js';

export interface MountDeps {
  readonly services: ApiServices;
  /** Puts the caller into `response.locals.principal`, or answers 401. */
  readonly authenticate: RequestHandler;
}

/** Longest body in bytes: a calendar page to preview is the largest. */
const BODY_LIMIT = '1mb';

/** The routes as an Express router, to be mounted at `/api/v1`. */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = Router();
  router.use(alwaysWhole);
  router.use(deps.authenticate);
  router.use(express.json({ limit: BODY_LIMIT, verify: onlyWithBytes }));
  for (const route of routes) router[route.method](expressPath(route), handlerOf(route, deps.services));
  for (const [path, methods] of methodsByPath(routes)) router.all(path, refuseMethod(methods));
  return router;
}

/** Without a byte there is no JSON, whatever type it says: an act must not begin because a body was lost. */
function onlyWithBytes(request: IncomingMessage, _response: unknown, body: Buffer): void {
  if (body.length === 0) delete request.headers['content-type'];
}

/** An ETag here is the version of the settings and not of the whole answer: "not modified" is never said. */
const alwaysWhole: RequestHandler = (request, _response, next) => {
  delete request.headers['if-none-match'];
  next();
};

function handlerOf(route: Route, services: ApiServices): RequestHandler {
  return async (request, response) => {
    const principal = principalOf(response);
    const { enterpriseId = null } = request.params as { enterpriseId?: string };
    await requireMay(services, principal, { route, enterpriseId });
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const input = {
      ...{ services, principal, params: request.params, ...readInput(request, route) },
      ...{ ifMatch: ifMatchOf(request), signal: gone.signal },
    } as unknown as RouteInput<never, never, never>;
    if (route.stream !== null) {
      await route.run(input, response);
      return;
    }
    const answer = async () => answerOf(route, await route.run(input, response));
    const sent = await answerOnce(services, { request, principal, route }, answer);
    response.status(sent.status).set(sent.headers).json(sent.body);
  };
}

/** What is told: exactly what the schema of the route has, so that nothing else gets out by accident. */
function answerOf(route: Route, found: unknown) {
  const body = route.answer?.parse(found);
  const headers: Record<string, string> = route.etag ? { etag: `"${route.etag(body)}"` } : {};
  return { status: route.status, headers, body };
}

/** An enterprise of others is not there: whether it exists is nobody's business (one wall around each). */
async function requireMay(
  { structure }: ApiServices,
  principal: Principal,
  { route, enterpriseId }: { route: Route; enterpriseId: string | null },
): Promise<void> {
  const isOwn = enterpriseId === null || principal.enterpriseId === null || principal.enterpriseId === enterpriseId;
  if (!isOwn) throw noEnterprise();
  if (!may(principal, { need: route.need, enterpriseId })) {
    const message = `This is for ${route.need === 'operate' ? 'operators' : 'account administrators'} only.`;
    throw new AppError('forbidden', message, { status: 403 });
  }
  // Only operators name an enterprise that may not be there.
  if (enterpriseId === null || principal.enterpriseId === enterpriseId) return;
  await structure.getEnterprise(enterpriseId).catch((error: unknown) => {
    throw error instanceof AppError && error.status === 404 ? noEnterprise() : error;
  });
}

function noEnterprise(): AppError {
  return new AppError('enterprise_not_found', 'There is no such enterprise, or it is not yours.', { status: 404 });
}

function expressPath({ path }: Route): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const route of routes) {
    const path = expressPath(route);
    found.set(path, [...(found.get(path) ?? []), route.method.toUpperCase()]);
  }
  return found;
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  return (request: Request, response) => {
    response.set('allow', methods.join(', '));
    const message = `${request.method} is not possible here: use ${methods.join(' or ')}.`;
    throw new AppError('method_not_allowed', message, { status: 405 });
  };
}
