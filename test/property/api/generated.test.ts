import fc from 'fast-check';
import { API_ROUTES } from '../../../src/api/api-routes.js';
import type { Route } from '../../../src/api/frame/route.js';
import { fillVictim, type VictimIds } from '../../integration/api/victim.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import type { Described, Schema } from '../../support/portal/sample-of.js';
import { arbitraryOf } from './arbitrary-of.js';

interface Description extends Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
}
interface Generated {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Requests for each route; the whole has a bound of its own, so that a slow machine tries fewer. */
const TRIES = 25;
const LIMIT_MS = 20_000;
/** Events have no end. */
const ENDLESS = 'text/event-stream';

let stack: PortalStack;
let ids: VictimIds;
let description: Description;

beforeAll(async () => {
  stack = await startPortalStack();
  ids = await fillVictim(stack);
  description = (await stack.api('/openapi.json', { as: null })).body;
});

afterAll(() => stack?.close());

function requestOf(route: Route): fc.Arbitrary<Generated> {
  const { parameters = [], requestBody } = description.paths[route.path]?.[route.method] ?? {};
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const param = (name: string) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(ids[name] ?? 'none') }, fc.string({ minLength: 1, maxLength: 40 }));
  const own = (name: string) => (name === 'enterpriseId' ? fc.constant(stack.enterpriseId) : param(name));
  const query = parameters.filter((each) => each.in === 'query');
  const schema = requestBody?.content['application/json']?.schema;
  const valid = schema ? arbitraryOf(description, schema, ids) : fc.constant(undefined);
  return fc.record({
    params: fc.record(Object.fromEntries(names.map((name) => [name, own(name)]))),
    query: fc.record(
      Object.fromEntries(query.map(({ name, schema: of }) => [name, arbitraryOf(description, of, ids)])),
      { requiredKeys: query.filter(({ required }) => required).map(({ name }) => name) },
    ),
    body: schema ? fc.oneof({ weight: 4, arbitrary: valid }, fc.jsonValue({ maxDepth: 2 })) : valid,
  });
}

async function send(route: Route, { params, query, body }: Generated) {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  const method = route.method.toUpperCase() as 'GET';
  const answer = await stack.api(`${path}${text === '' ? '' : `?${text}`}`, { method, body, as: 'operator' });
  return { request: `${method} ${path}?${text} ${JSON.stringify(body)}`, status: answer.status, body: answer.body };
}

test('no request that the document admits, and none that it does not, makes the service fail', async () => {
  const routes = API_ROUTES.filter(({ stream }) => stream !== ENDLESS);
  const failed: string[] = [];
  const endMs = Date.now() + LIMIT_MS;
  const requests = routes.map((route) => fc.sample(requestOf(route), { numRuns: TRIES, seed: 20261126 }));
  // By turns, so that every route was tried when the time is up.
  for (let turn = 0; turn < TRIES && (turn === 0 || Date.now() < endMs); turn += 1) {
    for (const [index, route] of routes.entries()) {
      const generated = requests[index]?.[turn];
      if (!generated) continue;
      const { request, status, body } = await send(route, generated);
      // What Microsoft cannot be asked for at this moment is told as 503.
      if (status >= 500 && status !== 503) failed.push(`${request}: ${status} ${JSON.stringify(body)}`);
    }
  }
  expect(failed).toEqual([]);
});
