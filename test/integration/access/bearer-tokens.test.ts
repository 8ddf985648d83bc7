import { TOKEN_LIFE_MS, TOKEN_MOST_MS } from '../../../src/access/bearer-tokens.js';
import { BEARER_TOKENS } from '../../../src/access/types.js';
import { MINUTE_MS } from '../../../src/kernel/clock.js';
import { hashOf } from '../../../src/kernel/secrets.js';
import { type AccessScene, BY, openAccess } from './access-fixture.js';

let scene: AccessScene;
beforeEach(async () => {
  scene = await openAccess();
});
afterEach(() => scene.drop());

const create = (wanted = {}) =>
  scene.bearerTokens.create({ name: 'nightly', role: 'reader', enterpriseId: 'acme', by: BY, ...wanted });
const ofToken = (bearer: string) => scene.access.authenticate({ bearer });

test('a token tells its role and enterprise, and only its hash is kept', async () => {
  const { token, row } = await create();
  expect(token).toMatch(/^ghs_[\w-]{43}$/);
  expect(await ofToken(token)).toMatchObject({
    ...{ who: 'token:nightly', role: 'reader', enterpriseId: 'acme', accountId: null, via: 'token' },
  });
  const kept = JSON.stringify(await scene.store.db.collection(BEARER_TOKENS).find().toArray());
  expect(kept).not.toContain(token);
  expect(kept).toContain(hashOf(token));
  expect(await ofToken(row.hash)).toBeNull();
});

test('what is no token of ours is nobody', async () => {
  const { token } = await create();
  for (const each of ['', 'ghs_', `${token}x`, token.slice(0, -1), token.toUpperCase(), token.slice(4)]) {
    expect([each, await ofToken(each)]).toEqual([each, null]);
  }
});

test('a token is good for 90 days unless said otherwise, and for a year at most', async () => {
  const { token, row } = await create();
  expect(row.expiresAt.getTime()).toBe(scene.clock.nowMs() + TOKEN_LIFE_MS);
  await scene.clock.advance(TOKEN_LIFE_MS - 1);
  expect(await ofToken(token)).not.toBeNull();
  await scene.clock.advance(1);
  expect(await ofToken(token)).toBeNull();
  await expect(create({ lifeMs: TOKEN_MOST_MS })).resolves.toBeDefined();
  await expect(create({ lifeMs: TOKEN_MOST_MS + 1 })).rejects.toMatchObject({ code: 'bad_life' });
  await expect(create({ lifeMs: 0 })).rejects.toMatchObject({ code: 'bad_life' });
});

test('only an operator is over all enterprises', async () => {
  await expect(create({ role: 'admin', enterpriseId: null })).rejects.toMatchObject({ code: 'enterprise_missing' });
  const { token } = await create({ role: 'operator', enterpriseId: null });
  expect(await ofToken(token)).toMatchObject({ role: 'operator', enterpriseId: null });
});

test('a revoked token is nobody at once, and stays in the list', async () => {
  const { token, row } = await create();
  await scene.bearerTokens.revoke(row._id, BY);
  expect(await ofToken(token)).toBeNull();
  expect(await scene.bearerTokens.list()).toMatchObject([{ _id: row._id, revokedAt: scene.clock.now() }]);
  await expect(scene.bearerTokens.revoke(row._id, BY)).rejects.toMatchObject({ code: 'token_not_found' });
});

test('when it was last used is written at most once a minute', async () => {
  const { token } = await create();
  const lastUsed = async () => (await scene.bearerTokens.list())[0]?.lastUsedAt?.getTime() ?? null;
  expect(await lastUsed()).toBeNull();
  await ofToken(token);
  const first = await lastUsed();
  expect(first).toBe(scene.clock.nowMs());
  await scene.clock.advance(MINUTE_MS - 1);
  await ofToken(token);
  expect(await lastUsed()).toBe(first);
  await scene.clock.advance(1);
  await ofToken(token);
  expect(await lastUsed()).toBe(scene.clock.nowMs());
});

test('making and revoking stand in the audit log, under "-" for operators, without the token', async () => {
  const { token, row } = await create();
  await scene.bearerTokens.revoke(row._id, BY);
  await create({ role: 'operator', enterpriseId: null });
  const [ours, operators] = [await scene.audit('acme'), await scene.audit('-')];
  expect(ours.map(({ what, who }) => [what, who])).toEqual([
    ['token.created', BY],
    ['token.revoked', BY],
  ]);
  expect(operators).toMatchObject([{ what: 'token.created', after: { role: 'operator' } }]);
  expect(JSON.stringify([ours, operators])).not.toContain(token);
});

test('an account that is disabled takes the tokens with it that it made, each with its line in the audit log', async () => {
  const ann = await scene.anAccount({ userName: 'Ann@acme.example' });
  const by = 'account:Ann@acme.example';
  const [own, ofAll] = [await create({ by }), await create({ by, name: 'all', role: 'operator', enterpriseId: null })];
  const others = [await create({ by: 'account:bob@acme.example' }), await create({ by: 'token:nightly' })];
  await scene.bearerTokens.revoke((await create({ by })).row._id, BY);
  await create({ by, lifeMs: MINUTE_MS });
  await scene.clock.advance(MINUTE_MS);
  expect(await scene.accounts.disable('ANN@acme.example', BY)).toMatchObject({
    row: { _id: ann._id },
    revokedTokens: 2,
  });
  expect([await ofToken(own.token), await ofToken(ofAll.token)]).toEqual([null, null]);
  for (const { token } of others) expect(await ofToken(token)).not.toBeNull();
  expect((await scene.audit('acme')).at(-1)).toMatchObject({
    what: 'token.revoked',
    who: BY,
    after: { tokenId: own.row._id },
  });
  expect((await scene.audit('-')).at(-1)).toMatchObject({ what: 'token.revoked', after: { tokenId: ofAll.row._id } });
});

test('an account that is disabled at this very moment leaves no token behind', async () => {
  const { _id: accountId, userName } = await scene.anAccount({ userName: 'ann@acme.example' });
  const by = `account:${userName}`;
  const making = Array.from({ length: 8 }, () => create({ by, accountId }));
  const disabling = scene.accounts.disable(userName, BY);
  const made = await Promise.allSettled(making);
  await disabling;
  const late = create({ by, accountId });
  await expect(late).rejects.toMatchObject({ code: 'not_signed_in', status: 401 });
  for (const each of made) if (each.status === 'fulfilled') expect(await ofToken(each.value.token)).toBeNull();
});
