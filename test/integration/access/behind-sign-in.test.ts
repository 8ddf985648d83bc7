import request from 'supertest';
import { type Stack, startStack } from '../../support/stack.js';

const PASSWORD = 'correct horse battery';
const BY = 'test@operator';

let stack: Stack;
let otherId: string;
beforeAll(async () => {
  stack = await startStack();
  otherId = (await stack.services.structure.createEnterprise({ name: 'Moa Freight', by: BY }))._id;
});
afterAll(() => stack.close());

const statusOf = async (enterpriseId: string, headers: Record<string, string>) =>
  (await request(stack.url).get(`/api/v1/enterprises/${enterpriseId}`).set(headers)).status;

async function cookieOf(role: 'admin' | 'reader' | 'operator', enterpriseId: string | null): Promise<string> {
  const userName = `${role}-${enterpriseId}@kiwi.example`;
  const account = { userName, role, enterpriseId, password: PASSWORD, microsoft: null, by: BY };
  await stack.services.accounts.create(account);
  const answer = await request(stack.url).post('/api/v1/session').send({ userName, password: PASSWORD }).expect(200);
  return [answer.get('set-cookie') ?? []].flat()[0]?.split(';')[0] ?? '';
}

const tokenOf = async (role: 'admin' | 'reader' | 'operator', enterpriseId: string | null) =>
  (await stack.services.bearerTokens.create({ name: role, role, enterpriseId, by: BY })).token;

test('the running service shows an enterprise to those who may see it, by session and by token', async () => {
  const ours = stack.enterpriseId;
  const seen = async (role: 'admin' | 'reader' | 'operator', enterpriseId: string | null) => {
    const by = [{ Cookie: await cookieOf(role, enterpriseId) }];
    const headers = [...by, { Authorization: `Bearer ${await tokenOf(role, enterpriseId)}` }];
    return Promise.all(headers.map(async (each) => [await statusOf(ours, each), await statusOf(otherId, each)]));
  };
  expect(await seen('admin', ours)).toEqual([
    [200, 404],
    [200, 404],
  ]);
  expect(await seen('reader', ours)).toEqual([
    [200, 404],
    [200, 404],
  ]);
  expect(await seen('operator', ours)).toEqual([
    [200, 404],
    [200, 404],
  ]);
  expect(await seen('operator', null)).toEqual([
    [200, 200],
    [200, 200],
  ]);
  expect(await statusOf(ours, {})).toBe(401);
});

test('signing in at Microsoft begins at the running service', async () => {
  const answer = await request(stack.url).get('/sign-in/microsoft').expect(302);
  expect(answer.get('location')).toContain(`${stack.simulator.url}/organizations/oauth2/v2.0/authorize?`);
});
