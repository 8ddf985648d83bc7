import { once } from 'node:events';
import { request } from 'node:http';
import { API_ROUTES } from '../../../src/api/api-routes.js';
import type { Route } from '../../../src/api/frame/route.js';
import { CHANGES } from '../../../src/changes/change-document.js';
import { NOTICE_MESSAGES } from '../../../src/notices/types.js';
import { LIVE } from '../../../src/store/live.js';
import { CONNECT_ATTEMPTS, SETTINGS_CHANGES } from '../../../src/tenancy/types.js';
import { type ApiSending, type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let stack: PortalStack;
let base: string;
let run: string;

beforeAll(async () => {
  stack = await startPortalStack();
  const crew = await fieldCrew(stack);
  const { directory } = stack.tenant;
  directory.addMember(crew, directory.createUser({ givenName: 'Aroha', mail: 'aroha@kiwi.example' }).objectId);
  base = `/enterprises/${stack.enterpriseId}`;
  run = (await stack.sync())._id;
});
afterAll(() => stack?.close());

const get = (path: string) => stack.api(path, { as: 'operator' });
const send = (path: string, body: unknown, sending: ApiSending = {}) =>
  stack.api(path, { method: 'POST', body, as: 'operator', ...sending });

const WRITTEN_BY_CONNECTING = [SETTINGS_CHANGES, CONNECT_ATTEMPTS];

/** The path of a route, with ids that there are. */
const pathOf = ({ path }: Route, enterpriseId = stack.enterpriseId) =>
  path
    .replace('{enterpriseId}', enterpriseId)
    .replace('{run}', run)
    .replace('{organisation}', stack.organisationId)
    .replace(/\{\w+\}/g, 'none');

const lists = API_ROUTES.filter(({ query }) => query !== null && 'after' in query.shape);
const reads = API_ROUTES.filter(({ method, stream }) => method === 'get' && stream === null);

test.each(['operator/tenants', 'ORGANISATION/teams', 'PEOPLE'])('%s: a text with a NUL finds nothing', async (list) => {
  const path = list
    .replace('ORGANISATION', `${base}/organisations/${stack.organisationId}`)
    .replace('PEOPLE', `${base}/people`);
  const { status, body } = await get(`/${path.replace(/^\//, '')}?text=a%00b`);
  expect({ status, items: body.items }).toEqual({ status: 200, items: [] });
});

test('what is no place in a list is refused by every list', async () => {
  const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
  const odd = ['0', '%00', 'ledger.x', 'planned.x', cursor({}), cursor([1e308, 'a']), cursor([1.5, 'a']), cursor([1])];
  const faults: string[] = [];
  for (const route of lists.filter(({ path }) => !path.includes('{plan}')))
    for (const after of [...odd, `planned.${'9'.repeat(400)}_1`]) {
      const { status, body } = await get(`${pathOf(route)}?after=${after}`);
      if (status !== 400 || body.field !== 'after') faults.push(`${route.path} ${after}: ${status}`);
    }
  expect(lists.length).toBeGreaterThan(10);
  expect(faults).toEqual([]);
});

test('a parameter that a route does not know is refused by every route', async () => {
  const faults: string[] = [];
  for (const route of reads) {
    const { status, body } = await get(`${pathOf(route)}?misspelt=1`);
    if (status !== 400 || !/misspelt is unknown in this query/.test(body.detail))
      faults.push(`${route.path}: ${status}`);
  }
  expect(faults).toEqual([]);
  expect((await get(`${base}/runs?=`)).body.detail).toBe('"" is unknown in this query.');
});

test.each(['1e2', '0x10', '%205', '%2B5', '1.0', '', '1&limit=2', '501'])(
  'limit=%s is no whole number',
  async (limit) => {
    const { status, body } = await get(`${base}/runs?limit=${limit}`);
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: 'limit is no whole number from 1 to 500.' });
  },
);

test('a day that was left empty is no Sunday', async () => {
  const { status, body } = await get(`${base}/integration/schedule?frequency=weekly&time=02:30&zone=UTC&dayOfWeek=`);
  expect([status, body.field]).toEqual([400, 'dayOfWeek']);
});

test('what is read of an enterprise that is not connected answers as the document says', async () => {
  const { body: description } = await stack.api('/openapi.json', { as: null });
  const faults: string[] = [];
  for (const route of reads) {
    const { status } = await get(pathOf(route, stack.foreignEnterpriseId));
    if (!(status in description.paths[route.path].get.responses)) faults.push(`${route.path}: ${status}`);
  }
  expect(faults).toEqual([]);
  const live = description.paths['/enterprises/{enterpriseId}/live'].get.responses;
  expect(Object.keys(live)).toEqual(expect.arrayContaining(['429', '503']));
});

test.each([
  ['POST', '/notices/webhook', { url: 'no address' }, 'url', /^url is no address/],
  ['PATCH', '/notices/settings', { emails: ['a@b.example', 'x'] }, 'emails', /^emails\.1 is no e-mail address\.$/],
  ['PATCH', '/integration/fields', { email: null }, 'email', /^email is mandatory/],
  ['PATCH', '/integration/calendar-activities', { rule: { showAs: ['x'] } }, 'rule.showAs', /^rule\.showAs\.0 is not/],
  ['PATCH', '/integration', { calendarStaleHours: 1e300 }, 'calendarStaleHours', /^calendarStaleHours is no [^.]*\.$/],
  ['POST', '/integration/connect', {}, 'tenantGuid', /^tenantGuid is missing\.$/],
] as const)('%s %s names %j by the name that its sender has for it', async (method, path, body, field, detail) => {
  const answer = await send(base + path, body, { method });
  expect(answer).toMatchObject({ status: 400, body: { field, detail: expect.stringMatching(detail) } });
});

test('a period and a token are refused by the names that they have in the API', async () => {
  const { body: period } = await get(`${base}/history/ledger?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z`);
  expect(period).toMatchObject({ field: 'until', detail: expect.not.stringContaining('--') });
  const token = await send('/operator/tokens', { role: 'admin' });
  expect(token).toMatchObject({ status: 400, body: { code: 'enterprise_missing', field: 'enterpriseId' } });
});

test('an act does not begin because its body was lost', async () => {
  const headers = { 'content-type': 'application/json' };
  const { status, body } = await send(`${base}/runs`, undefined, { headers });
  expect([status, body.code]).toEqual([415, 'unsupported_type']);
  const inPieces = { ...headers, authorization: `Bearer ${stack.tokens.operator}`, 'transfer-encoding': 'chunked' };
  const sending = request(`${stack.url}/api/v1${base}/runs`, { method: 'POST', headers: inPieces }).end();
  const [answer] = await once(sending, 'response');
  answer.resume();
  expect(answer.statusCode).toBe(415);
});

test('a field that a route does not have is refused also where it has none', async () => {
  const acts = API_ROUTES.filter(({ method, body }) => method !== 'get' && body === null);
  const faults: string[] = [];
  for (const route of acts) {
    const method = route.method.toUpperCase() as NonNullable<ApiSending['method']>;
    const { status, body } = await send(pathOf(route), { misspelt: 1 }, { method });
    if (status !== 400 || body.detail !== 'misspelt is unknown in this body.') faults.push(`${route.path}: ${status}`);
  }
  expect(acts.length).toBeGreaterThan(5);
  expect(faults).toEqual([]);
  const typed = { userName: 'ann@kiwi.example', password: 'correct horse', misspelt: 1 };
  expect(await send('/session', typed, { as: null })).toMatchObject({ status: 400, body: { field: 'misspelt' } });
});

test('a body and an address that cannot be read are told apart', async () => {
  const token = { authorization: `Bearer ${stack.tokens.admin}` };
  const headers = { ...token, 'content-type': 'application/json' };
  const sent = await fetch(`${stack.url}/api/v1${base}/runs`, { method: 'POST', headers, body: '{"dry":' });
  expect([sent.status, ((await sent.json()) as { detail: string }).detail]).toEqual([
    400,
    expect.stringMatching(/^The body is no JSON/),
  ]);
  const { status, body } = await get(`${base}/people/%E0%A4%A`);
  expect([status, body.detail]).toEqual([400, expect.stringMatching(/^The address cannot be read/)]);
});

test.each([
  ['GET', '/runs/none', 'run_not_found', 'run'],
  ['GET', '/plans/none', 'plan_not_found', 'plan'],
  ['GET', '/integration/team-mappings/none/effect', 'mapping_not_found', 'mapping'],
  ['DELETE', '/integration/team-mappings/none', 'mapping_not_found', 'mapping'],
  ['GET', '/organisations/none/teams', 'organisation_not_found', 'organisation'],
  ['GET', '/people?team=none', 'team_not_found', 'team'],
  ['GET', '/people?organisation=none', 'organisation_not_found', 'organisation'],
] as const)('%s %s is not found, and says what', async (method, path, code, field) => {
  const answer = await stack.api(base + path, { method });
  expect(answer).toMatchObject({ status: 404, body: { code, field } });
});

test.each([
  ['/decisions/approve', { ids: ['none'] }, 'decision_not_found', 'ids'],
  ['/problems/ignore', { ids: ['none'] }, 'problem_not_found', 'ids'],
  ['/runs', { planId: 'none' }, 'plan_not_found', 'planId'],
] as const)('POST %s: an id of the body is named as it is there', async (path, body, code, field) => {
  expect(await send(base + path, body)).toMatchObject({ status: 404, body: { code, field } });
});

test('subscriptions of a tenant that nobody has are not renewed in silence', async () => {
  const tenantId = '0aaaaaaa-1111-4111-8111-111111111111';
  const answer = await send('/operator/subscriptions/renew', { tenantId });
  expect(answer).toMatchObject({ status: 404, body: { code: 'tenant_unknown', field: 'tenantId' } });
});

test('one notice is sent again where it is parked, and else it is said why not', async () => {
  const retry = (id: string) => send(`${base}/notices/retry`, { id });
  const rows = stack.services.store.collection<{ _id: string; enterpriseId: string; state: string }>(NOTICE_MESSAGES);
  const words = { subject: 's', lines: [], link: null };
  const row = {
    kind: 'sync_failing',
    phase: 'began',
    channel: 'webhook',
    to: 'x',
    userId: null,
    words,
    at: new Date(),
  };
  const own = { ...row, enterpriseId: stack.enterpriseId };
  await rows.insertMany([
    { _id: 'parked', ...own, state: 'parked' },
    { _id: 'sent', ...own, state: 'sent' },
    { _id: 'foreign', ...row, enterpriseId: stack.foreignEnterpriseId, state: 'parked' },
  ]);
  for (const id of ['none', 'foreign'])
    expect(await retry(id)).toMatchObject({ status: 404, body: { code: 'message_not_found', field: 'id' } });
  expect(await retry('sent')).toMatchObject({ status: 409, body: { code: 'message_not_parked' } });
  expect(await retry('parked')).toMatchObject({ status: 200, body: { retried: 1 } });
  expect((await retry('')).status).toBe(400);
  expect(await send(`${base}/notices/retry`, {})).toMatchObject({ status: 200, body: { retried: 0 } });
});

test('one change is opened again where it is set aside, and else it is said why not', async () => {
  const { changes, clock, store } = stack.services;
  const later = new Date(clock.nowMs() + 3_600_000);
  const note = { tenantId: stack.tenant.id, via: 'manual', notified: 0, dueAt: later } as const;
  await changes.note([{ ...note, kind: 'user', objectId: 'somebody' }]);
  const change = await store.collection<{ _id: string }>(CHANGES).findOne({ objectId: 'somebody' });
  const retry = (body: object) => send(`/operator${base}/changes/retry`, body);
  expect(await retry({ id: 'none' })).toMatchObject({ status: 404, body: { code: 'change_not_found', field: 'id' } });
  expect(await retry({ id: change?._id })).toMatchObject({ status: 409, body: { code: 'change_not_parked' } });
});

test('somebody is read again also while the sync is writing the same enterprise', async () => {
  const { store } = stack.services;
  const { items } = (await get(`${base}/people`)).body;
  const person = items.find(({ objectId }: { objectId: string | null }) => objectId !== null);
  const live = store.collection<{ _id: string; runs: number }>(LIVE);
  const aborted = async () => (await store.db.admin().serverStatus())['transactions'].totalAborted as number;
  const before = await aborted();
  let answer: ReturnType<typeof send> | undefined;
  await store.transaction(async (session) => {
    await live.updateOne({ _id: stack.enterpriseId }, { $inc: { runs: 1 } }, { session });
    answer = send(`${base}/people/${person.id}/sync`, undefined);
    const met = waitFor(async () => (await aborted()) > before, { message: 'they never met' });
    await Promise.race([answer, met]);
  });
  expect((await answer)?.status).toBe(202);
});

test.each([
  ['connect', {}],
  ['connect', { tenantGuid: '' }],
  ['connect', { tenantGuid: 'contoso.example' }],
  ['connect', { tenantGuid: 'TENANT', changeTenant: 'yes' }],
  ['connect', { tenantGuid: 'TENANT', calendarActivities: 'perhaps' }],
  ['connect', { tenantGuid: 'TENANT', misspelt: true }],
  ['connect', [{ tenantGuid: 'TENANT' }]],
  ['disconnect', { calendarActivities: 'perhaps' }],
  ['disconnect', { calendarActivities: null }],
  ['disconnect', { misspelt: true }],
  ['disconnect', []],
] as const)('%s with %j is refused and leaves nothing behind', async (act, body) => {
  const { db } = stack.services.store;
  const kept = () =>
    Promise.all(
      WRITTEN_BY_CONNECTING.map((name) =>
        db
          .collection(name)
          .find({}, { sort: { _id: 1 } })
          .toArray(),
      ),
    );
  const before = await kept();
  const text = JSON.stringify(body).replace('TENANT', stack.tenant.id);
  expect((await send(`${base}/integration/${act}`, JSON.parse(text))).status).toBe(400);
  expect(await kept()).toEqual(before);
});

test('paused, resumed, disconnected and connected again, each twice, says how it stands then', async () => {
  const act = (name: string, body?: object) => send(`${base}/integration/${name}`, body);
  const stands = [
    ['pause', undefined, { paused: true, connection: 'connected' }],
    ['resume', undefined, { paused: false, connection: 'connected' }],
    ['disconnect', {}, { connection: 'not_connected', tenantId: null }],
    ['connect', { tenantGuid: stack.tenant.id }, { tenantId: stack.tenant.id, url: expect.any(String) }],
  ] as const;
  for (const [name, body, stand] of stands)
    for (const _time of [1, 2]) expect(await act(name, body)).toMatchObject({ status: 200, body: stand });
  expect((await get(`${base}/integration`)).body).toMatchObject({ connection: 'awaiting_proof' });
});
