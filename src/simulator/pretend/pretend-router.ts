import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { AppError } from '../../kernel/app-error.js';
import { idParameter } from '../control/control-exchange.js';
import { readError } from '../control/control-handler.js';
import type { DirectoryUser, Tenant } from '../world/types.js';
import { ACTS, type Act } from './acts.js';
import {
  type Fields,
  fieldsOf,
  onlyFromHere,
  PRETEND_PATH,
  type PretendDeps,
  pageHeaders,
  pathOf,
} from './exchange.js';
import type { Markup } from './markup.js';
import { calendarPage } from './pages/calendar-page.js';
import { deliveriesPart } from './pages/deliveries-part.js';
import { frame, type Said } from './pages/frame.js';
import { peoplePage } from './pages/people-page.js';
import { personPage } from './pages/person-page.js';
import { SCRIPT } from './pages/script.js';
import { STYLE } from './pages/style.js';

export { PRETEND_PATH };

/**
 * A pretend Entra admin center and Outlook: people who try the service change the simulated tenant by hand and watch
 * what Graph tells of it. Says on every page that it is no product of Microsoft's.
 */
export function createPretendRouter(deps: PretendDeps): Router {
  const router = Router();
  router.use(onlyFromHere, pageHeaders, express.urlencoded({ extended: false, limit: '64kb' }));
  router.get('/style.css', (_request, response) => void response.type('css').send(STYLE));
  router.get('/script.js', (_request, response) => void response.type('js').send(SCRIPT));
  router.get('/', (request, response) => {
    const [first] = deps.world.tenants.keys();
    const chosen = fieldsOf(request.query)['tenant'] ?? first ?? '';
    response.redirect(303, `${PRETEND_PATH}/${encodeURIComponent(chosen)}/people`);
  });
  router.get('/:tenant/people', (request, response) => {
    const tenant = tenantOf(deps, request);
    const search = fieldsOf(request.query)['search']?.trim() ?? '';
    send(response, frame(deps, { tenant, title: 'Users', said: null }, peoplePage(tenant, search)));
  });
  router.get('/:tenant/deliveries', (request, response) => {
    response.type('html').send(deliveriesPart(deps, tenantOf(deps, request)).markup);
  });
  router.get('/:tenant/people/:id', (request, response) => show(deps, { request, page: 'person' }, response));
  router.get('/:tenant/people/:id/calendar', (request, response) =>
    show(deps, { request, page: 'calendar' }, response),
  );
  router.post('/:tenant/people/:id/:act', (request, response) => act(deps, request, response));
  router.use((request) => {
    throw new AppError('not_found', `There is no page ${request.originalUrl}.`, { status: 404 });
  });
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const { status, message } = readError(error);
    send(response.status(status), frame(deps, { tenant: null, title: 'Not possible', said: refusal(message) }, null));
  });
  return router;
}

function act(deps: PretendDeps, request: Request, response: Response): void {
  const name = pathOf(request, 'act');
  const found = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!found) throw new AppError('unknown_act', 'There is nothing like that to do here.', { status: 404 });
  const { tenant, user } = personOf(deps, request);
  const fields = fieldsOf(request.body);
  try {
    found.run({ tenant, userId: user.id, fields });
  } catch (error) {
    const { status, message } = readError(error);
    show(deps, { request, page: found.page, said: refusal(message), typed: fields }, response.status(status));
    return;
  }
  // Loading the answer anew must not do it again.
  response.redirect(303, `${addressOf(tenant, user, found.page)}?done=${name}`);
}

interface Wanted {
  readonly request: Request;
  readonly page: Act['page'];
  readonly said?: Said;
  /** What somebody typed and could not be saved. */
  readonly typed?: Fields;
}

function show(deps: PretendDeps, { request, page, said, typed = {} }: Wanted, response: Response): void {
  const { tenant, user } = personOf(deps, request);
  const query = fieldsOf(request.query);
  const { done } = ACTS[query['done'] ?? ''] ?? {};
  const title = String(user.properties['displayName'] ?? user.id);
  const saying = said ?? (done ? { kind: 'done', text: done } : null);
  const nowMs = deps.world.clock.nowMs();
  const main = page === 'person' ? personPage(tenant, user, typed) : calendarPage({ tenant, user, nowMs, typed });
  send(response, frame(deps, { tenant, title, said: saying, person: { id: user.id, page } }, main));
}

function refusal(text: string): Said {
  return { kind: 'refused', text };
}

function addressOf(tenant: Tenant, user: DirectoryUser, page: Act['page']): string {
  return `${PRETEND_PATH}/${tenant.id}/people/${user.id}${page === 'calendar' ? '/calendar' : ''}`;
}

function tenantOf({ world }: PretendDeps, request: Request): Tenant {
  const tenant = world.tenants.get(idParameter(request, 'tenant'));
  if (tenant) return tenant;
  throw new AppError('unknown_tenant', 'There is no such tenant here: choose one above.', { status: 404 });
}

function personOf(deps: PretendDeps, request: Request): { tenant: Tenant; user: DirectoryUser } {
  const tenant = tenantOf(deps, request);
  const user = tenant.view().user(idParameter(request, 'id'));
  if (user) return { tenant, user };
  throw new AppError('unknown_person', 'There is no such person in this tenant: search again.', { status: 404 });
}

function send(response: Response, page: Markup): void {
  response.type('html').send(page.markup);
}
