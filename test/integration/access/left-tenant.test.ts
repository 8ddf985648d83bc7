import request from 'supertest';
import { composePortal } from '../../../src/compose/portal/portal.js';
import { createApp } from '../../../src/http/create-app.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { INTEGRATIONS, type IntegrationRow } from '../../../src/tenancy/types.js';
import { answerEntra } from '../tenancy/connect-scene.js';
import { BY, openSignInScene, type SignInScene } from './sign-in-scene.js';

const TYPED = '11111111-2222-4333-8444-555555555555';
let scene: SignInScene;
let portal: ReturnType<typeof composePortal>;
let ana: string;

beforeAll(async () => {
  scene = await openSignInScene();
  portal = composePortal(scene.services, scene);
});
afterAll(async () => {
  await portal?.stopWatching();
  await scene?.close();
});
/** Ana is account administrator of the connected tenant, and nobody has a password. */
beforeEach(async () => {
  const { services, enterpriseId, otherId } = scene;
  await services.integrations.disconnect(otherId, BY);
  await services.store.db.collection(USERS).deleteMany({});
  await attest(scene.ours.id);
  ana = await scene.link(scene.ours, 'admin', { enterpriseId });
});

function attest(tenantText: string, enterpriseId = scene.enterpriseId) {
  return scene.microsoft.proofs.attest(enterpriseId, { tenantText, reason: 'a test', by: BY, changeTenant: true });
}

/** A browser that came back from Microsoft, and where it was sent then. */
async function signedIn(query = '') {
  const { services, publicUrl, ours } = scene;
  const app = createApp({ intake: null, routers: portal.routers, log: services.log, trustProxy: 1 });
  const browser = request.agent(app);
  const start = await browser.get(`/sign-in/microsoft${query}`).expect(302);
  const back = await answerEntra(start.get('location'), { alias: 'admin', domain: ours.domain });
  const landing = (await browser.get(back.slice(publicUrl.length)).expect(302)).get('location') ?? '';
  const api = (path = '', body?: object) => {
    const address = `/api/v1/enterprises/${scene.enterpriseId}/integration${path}`;
    return body === undefined ? browser.get(address) : browser.post(address).set('origin', publicUrl).send(body);
  };
  return { api, isAdmitted: !landing.includes('problem='), at: new URL(start.get('location') ?? '').pathname };
}

const ACTS = [
  ['disconnecting', '/disconnect', {}],
  ['entering another tenant', '/connect', { tenantGuid: TYPED, changeTenant: true }],
] as const;

test.each(ACTS)(
  'after %s its administrator is still let in, and connects the same tenant again',
  async (_what, path, body) => {
    const { api } = await signedIn();
    await api(path, body).expect(200);
    await api().expect(200);
    const again = await signedIn(`?enterprise=${scene.enterpriseId}`);
    expect(again).toMatchObject({ isAdmitted: true, at: `/${scene.ours.id}/oauth2/v2.0/authorize` });
    await again.api('/connect', { tenantGuid: scene.ours.id, changeTenant: true }).expect(200);
    await again.api().expect(200);
  },
);

test.each<[string, () => Promise<unknown>]>([
  ['another tenant is proved', () => attest(scene.theirs.id)],
  [
    'another tenant is proved and left again',
    async () => {
      await attest(scene.theirs.id);
      await scene.services.integrations.disconnect(scene.enterpriseId, BY);
    },
  ],
  ['another enterprise holds the tenant', () => change(scene.otherId, { tenantId: scene.ours.id })],
  ['the person is account administrator no more', () => changeAna({ isAccountAdmin: false })],
  ['the person is archived', () => changeAna({ status: 'archived' })],
])('after disconnecting, once %s, nobody is let in by the former tenant', async (_what, happens) => {
  const { api } = await signedIn();
  await api('/disconnect', {}).expect(200);
  await api().expect(200);
  await happens();
  await api().expect(401);
  expect(await signedIn()).toMatchObject({ isAdmitted: false });
});

test('a tenant that was only entered, left or replaced by another one, lets nobody in', async () => {
  const { services, enterpriseId, otherId } = scene;
  await change(enterpriseId, { tenantId: null, proof: null, lastProvedTenantId: null });
  await changeAna({ enterpriseId: otherId });
  await services.integrations.setTenant(otherId, { tenantText: scene.ours.id, by: BY });
  expect(await signedIn()).toMatchObject({ isAdmitted: false });
  await services.integrations.setTenant(otherId, { tenantText: TYPED, by: BY });
  expect(await signedIn()).toMatchObject({ isAdmitted: false });
  await services.integrations.disconnect(otherId, BY);
  expect(await signedIn()).toMatchObject({ isAdmitted: false });
});

function change(enterpriseId: string, $set: Partial<IntegrationRow>) {
  return scene.services.store.collection<IntegrationRow>(INTEGRATIONS).updateOne({ _id: enterpriseId }, { $set });
}

function changeAna($set: Partial<UserRow>) {
  return scene.services.store.collection<UserRow>(USERS).updateOne({ _id: ana }, { $set });
}
