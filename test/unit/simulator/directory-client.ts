import { createDirectoryRoutes } from '../../../src/simulator/graph/directory-routes.js';
import { createWorld, REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import type { GraphRequest, GraphResponse, Tenant, World } from '../../../src/simulator/world/types.js';

export const ROOT = 'http://127.0.0.1:4000/v1.0';
export const ADVANCED = { consistencylevel: 'eventual' };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client in a script would
  readonly body: any;
}

interface CallOptions {
  readonly method?: GraphRequest['method'];
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly roles?: readonly string[];
  readonly lagMs?: number;
}

export type Call = (path: string, options?: CallOptions) => Promise<Answer>;

/** A seeded world with one tenant on a clock of its own, and calls against its routes without any transport. */
export function aDirectory(seed: { people?: number; groups?: number; seed?: number } = {}) {
  const base = { ms: Date.UTC(2026, 10, 23, 9) };
  const tenants = [{ people: seed.people ?? 30, groups: seed.groups ?? 6 }];
  const world = createWorld({ seed: seed.seed ?? 1, clock: { nowMs: () => base.ms }, tenants });
  const tenant = onlyTenant(world);
  const recording: { method: string; path: string; status: number; body: unknown }[] = [];
  const call: Call = async (path, options = {}) => {
    const answer = await dispatch(world, tenant, { path, options });
    const relative = path.replace(ROOT, '');
    recording.push({ method: options.method ?? 'GET', path: relative, status: answer.status, body: answer.body });
    return answer;
  };
  return { world, tenant, call, recording };
}

export function onlyTenant(world: World): Tenant {
  const [tenant] = world.tenants.values();
  if (tenant === undefined) throw new Error('The world has no tenant.');
  return tenant;
}

/** Follows every nextLink; `body` of all pages. */
export async function allPages(call: Call, path: string, options?: CallOptions): Promise<Answer['body'][]> {
  const pages = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Answer = await call(next, options);
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    pages.push(answer.body);
    next = answer.body['@odata.nextLink'];
    if (pages.length > 500) throw new Error('endless paging');
  }
  return pages;
}

async function dispatch(world: World, tenant: Tenant, asked: { path: string; options: CallOptions }): Promise<Answer> {
  const { options } = asked;
  const url = new URL(asked.path.startsWith(ROOT) ? asked.path : `${ROOT}${asked.path}`);
  const path = decodeURIComponent(url.pathname).replace('/v1.0', '');
  const method = options.method ?? 'GET';
  const roles = new Set(options.roles ?? REQUESTED_ROLES);
  const fitting = createDirectoryRoutes(world).filter((route) => route.pattern.test(path) && route.method === method);
  const [route] = fitting;
  if (route === undefined || fitting.length > 1) throw new Error(`${fitting.length} routes for ${method} ${path}`);
  const match = path.match(route.pattern);
  if (match === null) throw new Error('no match');
  const response: GraphResponse = await route.handle(
    {
      ...{ method, path, query: url.searchParams, headers: options.headers ?? {}, body: options.body, root: ROOT },
      ...{ caller: { tenant, clientId: world.application.clientId, roles }, lagMs: options.lagMs ?? 0 },
    },
    match,
  );
  return { headers: {}, body: undefined, ...response };
}
