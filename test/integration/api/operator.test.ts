import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let stack: PortalStack;

beforeAll(async () => {
  stack = await startPortalStack();
  await fieldCrew(stack);
  await subscribed(stack);
});

afterAll(() => stack?.close());

const get = (path: string) => stack.api(`/operator${path}`, { as: 'operator' });
const post = (path: string, body: unknown) => stack.api(`/operator${path}`, { method: 'POST', body, as: 'operator' });

test('every enterprise is listed by name with how it stands, a page at a time and by part of its name', async () => {
  const first = await get('/tenants?limit=1');
  expect(first.body.items).toMatchObject([
    { name: 'Kiwi Power', connection: 'connected', tenantId: stack.tenant.id, held: 0 },
  ]);
  const second = await get(`/tenants?limit=1&after=${first.body.next}`);
  expect(second.body).toMatchObject({
    items: [{ name: 'Other Power', connection: 'not_connected', tenantId: null }],
    next: null,
  });
  expect((await get('/tenants?text=WI+PO')).body.items).toMatchObject([{ name: 'Kiwi Power' }]);
  expect((await get('/tenants?text=.*')).body.items).toEqual([]);
});

test('subscriptions are listed the next to end first, by tenant, kind and state', async () => {
  const { body: all } = await get('/subscriptions?state=active&limit=1');
  const { body: rest } = await get(`/subscriptions?state=active&limit=1&after=${all.next}`);
  const found = [...all.items, ...rest.items];
  expect(found.map(({ kind }) => kind).sort()).toEqual(['groups', 'users']);
  expect(found[0].expiresAt <= found[1].expiresAt).toBe(true);
  expect(rest.next).toBeNull();
  expect((await get(`/subscriptions?kind=users&tenantId=${stack.tenant.id.toUpperCase()}`)).body.items).toHaveLength(1);
  expect((await get('/subscriptions?tenantId=other')).body.items).toEqual([]);
});

test('subscriptions of a tenant that end within a week are renewed on demand, and no others', async () => {
  const tenantId = stack.tenant.id;
  expect((await post('/subscriptions/renew', { tenantId })).body).toMatchObject({ renewed: 0, failed: 0 });
  const [users] = (await get('/subscriptions?kind=users')).body.items;
  const soon = new Date(stack.services.clock.nowMs() + 600_000).toISOString();
  await fetch(`${stack.simulator.url}/_control/subscriptions/${users.id}`, {
    ...{ method: 'PATCH', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ expirationDateTime: soon }),
  });
  const { body } = await post('/subscriptions/renew', { tenantId });
  expect(body).toEqual({ renewed: 1, recreated: 0, left: 0, failed: 0, messages: [] });
  const [renewed] = (await get('/subscriptions?kind=users')).body.items;
  expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.parse(soon));
  const wrong = await post('/subscriptions/renew', { tenantId: 'x' });
  expect(wrong).toMatchObject({ status: 400, body: { field: 'tenantId' } });
});

test('changes are counted over all and of one enterprise, listed, and opened again', async () => {
  const { changes, clock } = stack.services;
  const tenantId = stack.tenant.id;
  const note = { tenantId, via: 'manual', notified: 0, dueAt: new Date(clock.nowMs() + 3_600_000) } as const;
  for (const objectId of ['one', 'two']) await changes.note([{ ...note, kind: 'user', objectId }]);
  await changes.note([{ ...note, kind: 'group', objectId: 'three' }]);
  const parkings = (await changes.list({ tenantId, limit: 10 })).rows.map(({ _id: id, mark }) => {
    return { id, mark, code: 'read_failed', message: 'It failed.', nextTryAt: note.dueAt };
  });
  await changes.park(parkings);
  const path = `/enterprises/${stack.enterpriseId}/changes`;
  const { body: page } = await get(`${path}?parked=true&limit=2`);
  expect(page.items).toMatchObject([{ parked: { code: 'read_failed' } }, { parked: { code: 'read_failed' } }]);
  expect(page.items[0]).not.toHaveProperty('mark');
  expect((await get(`${path}?parked=true&limit=2&after=${page.next}`)).body.items).toHaveLength(1);

  expect((await post(`${path}/retry`, { kind: 'group' })).body).toEqual({ retried: 1 });
  expect(
    (await post(`${path}/retry`, { id: page.items.find(({ kind }: { kind: string }) => kind === 'user').id })).body,
  ).toEqual({ retried: 1 });
  expect((await post(`${path}/retry`, {})).body).toEqual({ retried: 1 });
  await waitFor(async () => (await get(`${path}/stats`)).body.parked === 0, { message: 'still parked' });
  expect((await get('/changes')).body.accepted).toBeGreaterThanOrEqual((await get(`${path}/stats`)).body.accepted);
});

test('jobs and the speed of answers are seen', async () => {
  const { body: jobs } = await get('/jobs');
  expect(jobs.items.map(({ name }: { name: string }) => name)).toContain('reconcile-due');
  const answers = async () => (await get('/answers')).body.items;
  const [report] = await waitFor(async () => ((await answers()).length > 0 ? answers() : null), {
    message: 'no report',
  });
  expect(report).toMatchObject({ process: expect.any(String), state: 'good', over3s: 0 });
});

test('an account is disabled for good, and its own nobody disables', async () => {
  const { items } = (await get('/accounts')).body;
  expect(items.map(({ userName }: { userName: string }) => userName).sort()).toEqual(
    [stack.user, stack.reader, stack.operator].map(({ userName }) => userName).sort(),
  );
  expect(JSON.stringify(items)).not.toMatch(/salt|hash/);
  const reader = items.find(({ role }: { role: string }) => role === 'reader');
  const by = `account:${reader.userName}`;
  await stack.services.bearerTokens.create({ name: '', role: 'reader', enterpriseId: stack.enterpriseId, by });
  const { body: disabled } = await post(`/accounts/${reader.id}/disable`, undefined);
  expect(disabled).toMatchObject({ disabledAt: expect.any(String), revokedTokens: 1 });
  expect((await post(`/accounts/${reader.id}/disable`, undefined)).status).toBe(404);
});

test('a token works until it is revoked, is told once, and a repetition does not find it anywhere', async () => {
  const wanted = { name: 'reports', role: 'reader', enterpriseId: stack.enterpriseId, days: 7 };
  const headers = { 'idempotency-key': 'one-token' };
  const made = await stack.api('/operator/tokens', { method: 'POST', body: wanted, headers, as: 'operator' });
  expect(made).toMatchObject({ status: 201, body: { token: { name: 'reports', createdBy: 'token:test operator' } } });
  const { secret, token } = made.body;
  const use = () =>
    fetch(`${stack.url}/api/v1/enterprises/${stack.enterpriseId}`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await use()).status).toBe(200);
  for (const { collectionName } of await stack.services.store.db.collections()) {
    const rows = await stack.services.store.collection(collectionName).find().toArray();
    expect({ collectionName, hasSecret: JSON.stringify(rows).includes(secret) }).toEqual({
      collectionName,
      hasSecret: false,
    });
  }
  expect((await post(`/tokens/${token.id}/revoke`, undefined)).body.revokedAt).not.toBeNull();
  expect((await use()).status).toBe(401);
  const everywhere = await post('/tokens', { name: 'x', role: 'admin' });
  expect(everywhere).toMatchObject({ status: 400, body: { code: 'enterprise_missing' } });
  const nowhere = await post('/tokens', { name: 'x', role: 'admin', enterpriseId: 'none' });
  expect(nowhere.status).toBe(404);
});

test.each(['admin', 'reader', 'foreign'] as const)('an operator alone sees any of it: not %s', async (who) => {
  for (const path of ['/tenants', '/subscriptions', '/changes', '/jobs', '/answers', '/accounts', '/tokens'])
    expect((await stack.api(`/operator${path}`, { as: who })).status).toBe(403);
});

test('accounts and tokens come in pages, without one twice or left out', async () => {
  for (let number = 0; number < 3; number += 1) {
    const { status } = await post('/tokens', { name: `paged ${number}`, role: 'operator' });
    expect(status).toBe(201);
  }
  for (const path of ['/accounts', '/tokens']) {
    const whole = (await get(path)).body;
    const ids: string[] = [];
    for (let after = ''; ; ) {
      const { body } = await get(`${path}?limit=2${after}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === null) break;
      after = `&after=${encodeURIComponent(body.next)}`;
    }
    expect(ids.length).toBeGreaterThan(2);
    expect(ids).toEqual(whole.items.map(({ id }: { id: string }) => id));
    expect(await get(`${path}?after=nonsense`)).toMatchObject({ status: 400, body: { field: 'after' } });
  }
});
