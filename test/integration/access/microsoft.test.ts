import type { Response } from 'supertest';
import { SIGN_IN_LIFE_MS } from '../../../src/access/sign-in/microsoft-sign-in.js';
import { signText } from '../../../src/kernel/secrets.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { createManualClock } from '../../support/manual-clock.js';
import { answerEntra } from '../tenancy/connect-scene.js';
import { type Browser, BY, openSignInScene, type SignInScene } from './sign-in-scene.js';

let scene: SignInScene;
beforeAll(async () => {
  scene = await openSignInScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  const { accounts, store } = scene.services;
  for (const { userName, disabledAt } of await accounts.list()) {
    if (disabledAt === null) await accounts.disable(userName, BY);
  }
  await store.db.collection('accounts').deleteMany({});
  await store.db.collection(USERS).deleteMany({});
});

/** Path and query of an address of ours. */
function pathOf(address: string): string {
  if (!address.startsWith(`${scene.publicUrl}/`)) throw new Error(`not an address of ours: ${address}`);
  return address.slice(scene.publicUrl.length);
}

const begin = async (browser: Browser, query = '') => {
  const answer = await browser.get(`/sign-in/microsoft${query}`).expect(302);
  return answer.get('location') ?? '';
};
const at = (tenant: Tenant, alias = 'admin') => ({ alias, domain: tenant.domain });

/** Signs in at Microsoft all the way; answers where the browser is sent in the end. */
async function signIn(browser: Browser, tenant: Tenant, query = ''): Promise<Response> {
  const back = await answerEntra(await begin(browser, query), at(tenant));
  return browser.get(pathOf(back));
}

const landing = (answer: Response) => pathOf(answer.get('location') ?? '');
const whoAmI = async (browser: Browser) => (await browser.get('/api/v1/session')).body.account ?? null;

test('a linked account administrator is admin of the enterprise that is connected to the tenant', async () => {
  const personId = await scene.link(scene.ours, 'admin', { firstName: 'Ana', lastName: 'Tane' });
  const browser = scene.browser();
  expect(landing(await signIn(browser, scene.ours, '?return=/enterprises?tab=runs'))).toBe('/enterprises?tab=runs');
  expect((await browser.get('/api/v1/session').expect(200)).body).toMatchObject({
    account: { id: personId, displayName: 'Ana Tane', role: 'admin', enterpriseId: scene.enterpriseId },
    enterprises: [{ id: scene.enterpriseId, name: 'Kiwi Power' }],
  });
});

test('an account that names the person decides, whatever the person is in the directory', async () => {
  await scene.link(scene.ours, 'admin');
  const { objectId = '' } = scene.ours.administrators.get(`admin@${scene.ours.domain}`) ?? {};
  const microsoft = { tenantId: scene.ours.id.toUpperCase(), objectId };
  const { userName } = await scene.anAccount({
    role: 'reader',
    enterpriseId: scene.otherId,
    password: null,
    microsoft,
  });
  const browser = scene.browser();
  await signIn(browser, scene.ours);
  expect(await whoAmI(browser)).toMatchObject({ userName, role: 'reader', enterpriseId: scene.otherId });
  await scene.services.accounts.disable(userName, BY);
  expect(await whoAmI(browser)).toBeNull();
  expect(landing(await signIn(scene.browser(), scene.ours))).toBe('/sign-in?problem=not_admitted');
});

test.each<[string, (s: SignInScene) => Promise<unknown>]>([
  ['unknown here', async () => {}],
  ['no account administrator', (s) => s.link(s.ours, 'admin', { isAccountAdmin: false })],
  ['archived', (s) => s.link(s.ours, 'admin', { status: 'archived' })],
  ['of an enterprise that the tenant is not connected to', (s) => s.link(s.ours, 'admin', { enterpriseId: s.otherId })],
  ['somebody else of the tenant', (s) => s.link(s.ours, 'worker')],
  [
    'known by the e-mail address alone',
    async (s) => {
      await s.anAccount({ userName: `admin@${s.ours.domain}` });
      await s.services.store.collection<UserRow>(USERS).updateMany({}, { $unset: { entra: 1 } });
    },
  ],
])('who is %s is not let in', async (_what, setUp) => {
  await setUp(scene);
  const browser = scene.browser();
  const answer = await signIn(browser, scene.ours);
  expect(landing(answer)).toBe('/sign-in?problem=not_admitted');
  expect(String(answer.get('set-cookie'))).not.toContain('ghs-session=');
  expect(await whoAmI(browser)).toBeNull();
});

test('E76: the same object id in another tenant is somebody else, and a tenant that is only typed in vouches for nobody', async () => {
  const { objectId = '' } = scene.theirs.administrators.get(`admin@${scene.theirs.domain}`) ?? {};
  await scene.anAccount({ password: null, microsoft: { tenantId: scene.ours.id, objectId } });
  await scene.link(scene.theirs, 'admin', { enterpriseId: scene.otherId });
  await scene.services.integrations.setTenant(scene.otherId, { tenantText: scene.theirs.id, by: BY });
  expect(landing(await signIn(scene.browser(), scene.theirs))).toBe('/sign-in?problem=not_admitted');
});

test('what the person may is asked again with every request', async () => {
  const personId = await scene.link(scene.ours, 'admin');
  const browser = scene.browser();
  await signIn(browser, scene.ours);
  expect(await whoAmI(browser)).toMatchObject({ id: personId });
  const users = scene.services.store.collection<UserRow>(USERS);
  await users.updateOne({ _id: personId }, { $set: { isAccountAdmin: false } });
  expect(await whoAmI(browser)).toBeNull();
});

test('an enterprise that is named leads to its own tenant, anything else to wherever the person works', async () => {
  await scene.link(scene.ours, 'admin');
  const started = await begin(scene.browser(), `?enterprise=${scene.enterpriseId}`);
  expect(new URL(started).pathname).toBe(`/${scene.ours.id}/oauth2/v2.0/authorize`);
  expect(landing(await signIn(scene.browser(), scene.ours, `?enterprise=${scene.enterpriseId}`))).toBe('/');
  for (const query of ['', '?enterprise=nobody', `?enterprise=${scene.otherId}`]) {
    expect(new URL(await begin(scene.browser(), query)).pathname).toBe('/organizations/oauth2/v2.0/authorize');
  }
});

describe('a way back from Microsoft', () => {
  beforeEach(() => scene.link(scene.ours, 'admin'));

  test('opens once, also for who kept the cookie of the attempt', async () => {
    const started = await scene.browser().get('/sign-in/microsoft').expect(302);
    const back = pathOf(await answerEntra(started.get('location'), at(scene.ours)));
    const open = () => scene.browser().get(back).set('Cookie', attemptIn(started));
    expect(landing(await open())).toBe('/');
    expect(landing(await open())).toBe('/sign-in?problem=not_confirmed');
  });

  test('opens in the browser that began only, and is not used up by another', async () => {
    const browser = scene.browser();
    const back = pathOf(await answerEntra(await begin(browser), at(scene.ours)));
    for (const other of [scene.browser(), await begun()]) {
      expect(landing(await other.get(back))).toBe('/sign-in?problem=not_expected');
      expect(await whoAmI(other)).toBeNull();
    }
    expect(landing(await browser.get(back))).toBe('/');
  });

  test('with a state that nobody gave out, none, or two, opens nothing', async () => {
    const browser = scene.browser();
    const back = new URL(await answerEntra(await begin(browser), at(scene.ours)));
    const code = back.searchParams.get('code') ?? '';
    for (const query of [`code=${code}&state=made-up`, `code=${code}`, `code=${code}&state=a&state=b`]) {
      expect(landing(await browser.get(`/sign-in/callback?${query}`))).toBe('/sign-in?problem=not_expected');
    }
  });

  test('whose id token is for another sign-in is refused', async () => {
    const browser = scene.browser();
    const foreign = new URL(await begin(browser));
    foreign.searchParams.set('nonce', 'of another sign-in');
    const back = await answerEntra(foreign.href, at(scene.ours));
    expect(landing(await browser.get(pathOf(back)))).toBe('/sign-in?problem=not_confirmed');
  });

  test('with the code of another sign-in is refused', async () => {
    const [victim, attacker] = [scene.browser(), scene.browser()];
    const stolen = new URL(await answerEntra(await begin(victim), at(scene.ours))).searchParams.get('code') ?? '';
    const own = new URL(await answerEntra(await begin(attacker), at(scene.ours)));
    own.searchParams.set('code', stolen);
    expect(landing(await attacker.get(pathOf(own.href)))).toBe('/sign-in?problem=not_confirmed');
  });

  test('without a code was cancelled, and too late is too late', async () => {
    const browser = scene.browser();
    const cancelled = await answerEntra(await begin(browser), { ...at(scene.ours), decision: 'cancel' });
    expect(landing(await browser.get(pathOf(cancelled)))).toBe('/sign-in?problem=cancelled');

    const started = await browser.get('/sign-in/microsoft').expect(302);
    const back = pathOf(await answerEntra(started.get('location'), at(scene.ours)));
    const late = scene.browser({}, createManualClock(Date.now() + SIGN_IN_LIFE_MS));
    expect(landing(await late.get(back).set('Cookie', attemptIn(started)))).toBe('/sign-in?problem=not_expected');
    expect(landing(await browser.get(back))).toBe('/');
  });

  test('with a cookie that we did not sign, or that was signed for something else, opens nothing', async () => {
    const started = await scene.browser().get('/sign-in/microsoft').expect(302);
    const back = pathOf(await answerEntra(started.get('location'), at(scene.ours)));
    const [name = '', value = ''] = attemptIn(started).split('=');
    const [text = '', key = '', mac = ''] = value.split('.');
    const attempt = JSON.parse(Buffer.from(text, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...attempt, returnTo: 'https://evil.example' })).toString('base64url');
    const foreign = signText(scene.config.appSecrets, 'session-cookie', text);
    for (const cookie of [`${forged}.${key}.${mac}`, foreign, text, 'of-an-older-version', '']) {
      const answer = await scene.browser().get(back).set('Cookie', `${name}=${cookie}`);
      expect([cookie, landing(answer)]).toEqual([cookie, '/sign-in?problem=not_expected']);
    }
  });

  test('while Microsoft cannot be asked says so', async () => {
    const browser = scene.browser();
    const back = await answerEntra(await begin(browser), at(scene.ours));
    const { faults } = scene.simulator;
    faults.add({ match: { path: 'oauth2/v2.0/token' }, after: 0, times: 20, action: { status: 503 } });
    expect(landing(await browser.get(pathOf(back)))).toBe('/sign-in?problem=microsoft_unavailable');
    faults.clear();
  });

  test('never leads to another site', async () => {
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', '/.//evil.example', 'x']) {
      const answer = await signIn(scene.browser(), scene.ours, `?return=${encodeURIComponent(evil)}`);
      expect([evil, landing(answer)]).toEqual([evil, '/']);
    }
  });

  test('ends the session that the browser had, and does not take it over', async () => {
    const browser = scene.browser();
    await signIn(browser, scene.ours);
    const planted = cookieOf(await signIn(browser, scene.ours));
    const own = cookieOf(await signIn(browser, scene.ours));
    expect(own).not.toBe(planted);
    const session = (cookie: string) => scene.browser().get('/api/v1/session').set('Cookie', cookie);
    await session(planted).expect(401);
    await session(own).expect(200);
  });

  test('leaves its line in the audit log, with who it was', async () => {
    await signIn(scene.browser(), scene.ours);
    const history = scene.services.store.db.collection('settingsChanges');
    const [last] = await history.find({ enterpriseId: scene.enterpriseId }).sort({ at: -1 }).limit(1).toArray();
    expect(last).toMatchObject({
      what: 'access.signed_in',
      who: expect.stringMatching(/^person:/),
      after: { by: 'microsoft' },
    });
  });

  /** The cookie that binds a browser to its attempt. */
  function attemptIn(started: Response): string {
    return String(started.get('set-cookie')).split(';')[0] ?? '';
  }

  async function begun(): Promise<Browser> {
    const other = scene.browser();
    await begin(other);
    return other;
  }

  function cookieOf(answer: Response): string {
    const cookies: string[] = [answer.get('set-cookie') ?? []].flat();
    return cookies.find((each) => each.startsWith('ghs-session='))?.split(';')[0] ?? '';
  }
});

test('nothing is written for whoever begins to sign in, and the cookie that is kept instead is none too large', async () => {
  const { db } = scene.services.store;
  const written = async () => {
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
    return Promise.all(names.map(async (name) => [name, await db.collection(name).countDocuments()]));
  };
  const before = await written();
  const longest = `/${'a'.repeat(1_999)}`;
  const answer = await scene.browser().get(`/sign-in/microsoft?return=${longest}`).expect(302);
  expect(await written()).toEqual(before);
  // What a browser keeps of one cookie (RFC 6265 section 6.1).
  expect(String(answer.get('set-cookie')).length).toBeLessThan(4_096);
});

test('a browser that only looks ahead begins nothing', async () => {
  const answer = await scene.browser().get('/sign-in/microsoft').set('Sec-Purpose', 'prefetch;prerender');
  expect([answer.status, answer.get('set-cookie')]).toEqual([503, undefined]);
});
