import { API_ROUTES } from '../../../src/api/api-routes.js';
import type { Route } from '../../../src/api/frame/route.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { type Described, type Schema, sampleOf } from '../../support/portal/sample-of.js';
import { connectNextDoor, fillVictim, keptOf, MARK, type VictimIds } from './victim.js';

interface Description extends Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly parameters?: readonly { name: string; in: string; schema: Schema }[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
}

let stack: PortalStack;
let ids: VictimIds;
let description: Description;

beforeAll(async () => {
  const consentedRoles = ['User.Read.All', 'GroupMember.Read.All', 'MailboxSettings.Read', 'Calendars.Read'];
  const each = { people: 0, groups: 0, consentedRoles };
  stack = await startPortalStack({ simulator: { tenants: [each, each] } });
  ids = await fillVictim(stack);
  await connectNextDoor(stack);
  description = (await stack.api('/openapi.json', { as: null })).body;
});

afterAll(() => stack?.close());

const ofEnterprise = API_ROUTES.filter(({ path }) => path.includes('{enterpriseId}'));
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Events have no end: who may listen is checked, what is said is not waited for. */
const ENDLESS = 'text/event-stream';

const methodOf = ({ method }: Route) => method.toUpperCase() as (typeof METHODS)[number];
const nameOf = (route: Route) => `${methodOf(route)} ${route.path}`;
const bodyFor = ({ method }: Route) => (method === 'get' ? undefined : {});

/** The path with the ids of the victim, in the enterprise named. */
function pathIn(route: Route, enterpriseId: string): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = name === 'enterpriseId' ? enterpriseId : (ids[name] ?? `no-${name}`);
    return encodeURIComponent(id);
  });
}

async function statuses(routes: readonly Route[], ask: (route: Route) => Promise<{ status: number; body: unknown }>) {
  const found: string[] = [];
  for (const route of routes) {
    const { status, body } = await ask(route);
    const isTold = JSON.stringify(body ?? null).includes(MARK);
    found.push(`${nameOf(route)}: ${status}${isTold ? ` tells of ${MARK}` : ''}`);
  }
  return found;
}

test('nobody gets in anywhere without signing in', async () => {
  const found = await statuses(API_ROUTES, (route) =>
    stack.api(pathIn(route, stack.enterpriseId), { method: methodOf(route), body: bodyFor(route), as: null }),
  );
  expect(found).toEqual(API_ROUTES.map((route) => `${nameOf(route)}: 401`));
});

test('an enterprise is not there for the administrator of another one, by any route', async () => {
  const before = await keptOf(stack, stack.enterpriseId);
  const found = await statuses(ofEnterprise, (route) =>
    stack.api(pathIn(route, stack.enterpriseId), { method: methodOf(route), body: bodyFor(route), as: 'foreign' }),
  );
  expect(found).toEqual(ofEnterprise.map((route) => `${nameOf(route)}: 404`));
  expect(await keptOf(stack, stack.enterpriseId)).toEqual(before);
});

test('a reader changes nothing, by any route', async () => {
  const changing = API_ROUTES.filter(({ need }) => need !== 'read');
  const before = await keptOf(stack, stack.enterpriseId);
  const found = await statuses(changing, (route) =>
    stack.api(pathIn(route, stack.enterpriseId), { method: methodOf(route), body: bodyFor(route), as: 'reader' }),
  );
  expect(found).toEqual(changing.map((route) => `${nameOf(route)}: 403`));
  expect(await keptOf(stack, stack.enterpriseId)).toEqual(before);
});

test('an account administrator does nothing that is for operators, by any route', async () => {
  const operating = API_ROUTES.filter(({ need }) => need === 'operate');
  const found = await statuses(operating, (route) =>
    stack.api(pathIn(route, stack.enterpriseId), { method: methodOf(route), body: bodyFor(route), as: 'admin' }),
  );
  expect(found).toEqual(operating.map((route) => `${nameOf(route)}: 403`));
});

test('what only reads has GET alone', () => {
  const odd = API_ROUTES.filter(({ need, method, path }) => {
    return need === 'read' && method !== 'get' && !path.endsWith('/preview');
  });
  expect(odd.map(nameOf)).toEqual([]);
});

test('every id in a path is one that the enterprise next door has', () => {
  const names = new Set(API_ROUTES.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));
  const ofInstallation = ['account', 'token'];
  const unknown = [...names].filter((name = '') => !(name in ids) && !ofInstallation.includes(name));
  expect(unknown.map((name) => `{${name}}: give its id in fillVictim, so that others are seen to be refused`)).toEqual(
    [],
  );
});

/** The request with the victim's ids in path, query and body, sent from next door. */
async function crossing(route: Route) {
  const operation = description.paths[route.path]?.[route.method];
  const asked = (operation?.parameters ?? []).filter((each) => each.in === 'query' && each.name in ids);
  const query = new URLSearchParams(asked.map(({ name }): [string, string] => [name, ids[name] ?? '']));
  if (route.path.endsWith('/history/export')) query.set('what', 'ledger');
  const schema = operation?.requestBody?.content['application/json']?.schema;
  const body = schema && sampleOf(description, schema, { values: ids });
  const path = `${pathIn(route, stack.foreignEnterpriseId)}${query.size > 0 ? `?${query}` : ''}`;
  const hasIds = route.path.match(/\{(?!enterpriseId\})/) !== null || asked.length > 0 || namesAny(body);
  return { hasIds, path, body };
}

function namesAny(body: unknown): boolean {
  const text = JSON.stringify(body ?? null);
  return Object.values(ids).some((id) => text.includes(JSON.stringify(id)));
}

/** An object id that nobody here has is looked up in one's own tenant: it may be somebody new. */
const ASKS_OWN_TENANT = 'POST /enterprises/{enterpriseId}/people/{person}/sync';

test('an id of another enterprise in a path, a query or a body finds nothing and leaves no trace', async () => {
  const before = await keptOf(stack, stack.enterpriseId);
  const faults: string[] = [];
  let tried = 0;
  for (const route of ofEnterprise.filter(({ need, stream }) => need !== 'operate' && stream !== ENDLESS)) {
    const { hasIds, path, body } = await crossing(route);
    if (!hasIds) continue;
    tried += 1;
    const answer = await stack.api(path, { method: methodOf(route), body, as: 'foreign' });
    const { items } = answer.body ?? {};
    const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 403;
    const isEmpty = route.method === 'get' && Array.isArray(items) && items.length === 0;
    const isAsked = nameOf(route) === ASKS_OWN_TENANT && answer.status === 202 && answer.body.id === null;
    if (!isRefused && !isEmpty && !isAsked)
      faults.push(`${nameOf(route)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (JSON.stringify(answer.body).includes(MARK)) faults.push(`${nameOf(route)} tells of ${MARK}`);
  }
  expect(faults).toEqual([]);
  expect(tried).toBeGreaterThan(5);
  expect(await keptOf(stack, stack.enterpriseId)).toEqual(before);
});

test('the names that must not be seen are seen by whoever may, so that the tests above see them too', async () => {
  for (const path of [`/runs/${ids['run']}/items`, '/history/ledger'])
    expect(JSON.stringify((await stack.api(`/enterprises/${stack.enterpriseId}${path}`)).body)).toContain(MARK);
});

test('a method that an address does not have is refused with those that it has', async () => {
  const byPath = new Map<string, Set<string>>();
  for (const route of API_ROUTES)
    byPath.set(route.path, (byPath.get(route.path) ?? new Set<string>()).add(methodOf(route)));
  for (const [path, has] of byPath) {
    const method = METHODS.find((each) => !has.has(each)) ?? 'DELETE';
    const address = path.replace('{enterpriseId}', stack.enterpriseId).replace(/\{\w+\}/g, 'some');
    const { status, headers } = await stack.api(address, { method, as: 'operator' });
    expect({ path, method, status }).toEqual({ path, method, status: 405 });
    expect(headers.get('allow')?.split(', ').sort()).toEqual([...has].sort());
  }
});

test.each([
  ['an answer', '/enterprises/ENTERPRISE/integration', 'admin', 200],
  ['a download', '/enterprises/ENTERPRISE/history/export?what=runs', 'admin', 200],
  ['the description', '/openapi.json', null, 200],
  ['a wrong input', '/enterprises/ENTERPRISE/runs?limit=0', 'admin', 400],
  ['nobody', '/enterprises/ENTERPRISE/integration', null, 401],
  ['a role', '/operator/tenants', 'admin', 403],
  ['nothing there', '/enterprises/none/integration', 'admin', 404],
  ['no such address', '/none', 'admin', 404],
] as const)('security headers are on %s', async (_what, path, as, status) => {
  const answer = await stack.api(path.replace('ENTERPRISE', stack.enterpriseId), { as });
  expect(answer.status).toBe(status);
  const { headers } = answer;
  expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-powered-by')).toBeNull();
  if (path !== '/openapi.json') expect(headers.get('cache-control')).toBe('no-store');
});
