import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { API_ROUTES } from '../../../src/api/api-routes.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: object }>> }>>;
}

let stack: PortalStack;
let description: Description;

beforeAll(async () => {
  stack = await startPortalStack();
  description = (await stack.api('/openapi.json', { as: null })).body;
});
afterAll(() => stack.close());

/** What is wrong with an answer by the OpenAPI document; null: nothing. */
function faultOf(
  path: string,
  { method, status, type, body }: { method: string; status: number; type: string; body: unknown },
) {
  const media = description.paths[path]?.[method]?.responses[status]?.content?.[type];
  if (media === undefined) return `${method} ${path} has no ${status} of ${type}`;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...media.schema, components: description.components });
  return validate(body) ? null : ajv.errorsText(validate.errors);
}

test('the document describes every route, each under a name of its own', () => {
  expect(description.openapi).toBe('3.1.0');
  const described = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual(API_ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  const names = Object.values(description.paths).flatMap((each) => Object.values(each).map((one) => one.operationId));
  expect(names).toEqual([...new Set(names)]);
});

test('every document that can be read without a parameter of its own is as described', async () => {
  const plain = API_ROUTES.filter(({ method, path, stream, need }) => {
    return method === 'get' && stream === null && need !== 'operate' && /^[^{]*(\{enterpriseId\}[^{]*)?$/.test(path);
  });
  expect(plain.length).toBeGreaterThan(1);
  const faults = await Promise.all(
    plain.map(async ({ path }) => {
      const { status, headers, body } = await stack.api(path.replace('{enterpriseId}', stack.enterpriseId));
      const type = headers.get('content-type')?.split(';')[0] ?? '';
      const fault = faultOf(path, { method: 'get', status, type, body });
      return status >= 500 || fault !== null ? `${path}: ${status} ${fault}` : [];
    }),
  );
  expect(faults.flat()).toEqual([]);
});

test('errors are problems as described, and name the field', async () => {
  const path = '/enterprises/{enterpriseId}/integration';
  const sent = await stack.api(path.replace('{enterpriseId}', stack.enterpriseId), {
    method: 'PATCH',
    body: { time: '25:00' },
  });
  const type = sent.headers.get('content-type')?.split(';')[0] ?? '';
  expect(faultOf(path, { method: 'patch', status: sent.status, type, body: sent.body })).toBeNull();
  expect(sent.body).toMatchObject({ status: 400, field: 'time' });
  const unknown = await stack.api(path.replace('{enterpriseId}', stack.enterpriseId), {
    method: 'PATCH',
    body: { nonsense: 1 },
  });
  expect(unknown.body).toMatchObject({ status: 400, field: 'nonsense' });
});

test('settings that somebody else changed meanwhile are not overwritten', async () => {
  const path = `/enterprises/${stack.enterpriseId}/integration`;
  const etag = (await stack.api(path)).headers.get('etag') ?? '';
  const first = await stack.api(path, { method: 'PATCH', body: { time: '02:10' }, headers: { 'if-match': etag } });
  expect([first.status, first.body.time]).toEqual([200, '02:10']);
  const second = await stack.api(path, { method: 'PATCH', body: { time: '03:10' }, headers: { 'if-match': etag } });
  expect([second.status, second.body.code]).toEqual([412, 'changed_meanwhile']);
  expect((await stack.api(path)).body.time).toBe('02:10');
});

test('an act with an Idempotency-Key is done once, however often it is sent', async () => {
  const runs = `/enterprises/${stack.enterpriseId}/runs`;
  const key = { 'idempotency-key': 'a-key-of-this-test' };
  const first = await stack.api(runs, { method: 'POST', body: { dry: true }, headers: key });
  expect(first.status).toBe(409);
  const path = `/enterprises/${stack.enterpriseId}/integration`;
  await stack.api(path, { method: 'PATCH', body: { usersSync: true } });
  const wanted = { method: 'PATCH' as const, body: { time: '04:10' }, headers: { 'idempotency-key': 'another' } };
  const [one, two] = [await stack.api(path, wanted), await stack.api(path, wanted)];
  expect([one.status, two.status, two.body]).toEqual([200, 200, one.body]);
  expect((await stack.api(path)).body.revision).toBe(one.body.revision);
  const other = await stack.api(path, { ...wanted, body: { time: '05:10' } });
  expect([other.status, other.body.code]).toEqual([422, 'key_used']);
});
