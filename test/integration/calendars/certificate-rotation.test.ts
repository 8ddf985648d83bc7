import { ourCertificate } from '../../../src/graph/rich/our-certificates.js';
import { at } from '../../support/calendar-scene.js';
import { type RichScene, startRichScene } from '../../support/rich-scene.js';
import { startWorker, type Work } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';
import {
  OTHER_RSA_CERTIFICATE,
  OTHER_RSA_KEY,
  RSA_CERTIFICATE,
  RSA_KEY,
} from '../../unit/config/certificate-fixture.js';

const OLD = RSA_KEY + RSA_CERTIFICATE;
const NEW = OTHER_RSA_KEY + OTHER_RSA_CERTIFICATE;
/** On Graph's clock, which is moved; within what clocks may differ. */
const UNDER_WAY_MS = 120_000;

let scene: RichScene;
let worker: Work;

beforeAll(async () => {
  // Intake opens what is encrypted for either, as operations.md says; the workers of before know the old one only.
  scene = await startRichScene({
    pems: [NEW, OLD],
    env: { ROLES: 'intake,portal' },
    begin: async (stack) => {
      worker = await startWorker(stack, { richNotifications: [OLD] });
    },
  });
});
afterAll(async () => {
  await worker?.stop();
  await scene?.stack.close();
});

async function certificateOf(objectId: string): Promise<string | null | undefined> {
  const rows = await scene.stack.services.subscriptions.ofTenant(scene.stack.tenant.id);
  return rows.find(({ resource }) => resource === `users/${objectId}/events`)?.certificateId;
}

test('while certificates change, what is under way for the old one is opened and no event is lost', async () => {
  const { simulator, services, tenant } = scene.stack;
  const { settings } = simulator.delivery;
  const mere = await scene.person('Mere');
  await scene.watched(mere);
  await scene.settled(mere);
  expect(await certificateOf(mere)).toBe(ourCertificate(OLD).encryptionCertificateId);

  settings.delayMs = UNDER_WAY_MS;
  scene.event(mere, { subject: 'For the old one' });
  await worker.stop();
  worker = await startWorker(scene.stack, { richNotifications: [NEW, OLD] });
  for (const { _id, kind } of await services.subscriptions.ofTenant(tenant.id))
    if (kind === 'events') await services.subscriptions.update(_id, { renewAt: new Date(0) });
  const isRotated = async () => (await certificateOf(mere)) === ourCertificate(NEW).encryptionCertificateId;
  await waitFor(isRotated, { message: 'the subscription keeps the old certificate' });
  expect(simulator.delivery.waiting()).toBeGreaterThan(0);

  settings.delayMs = 0;
  scene.event(mere, { subject: 'For the new one', start: at(30), end: at(31) });
  const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name).sort();
  const has = (name: string) => (rows: readonly { name: string }[]) => names(rows).includes(name);
  await scene.until(mere, has('For the new one'), 'the new one is not opened');
  await scene.settled();
  const opened = await scene.counted('opened');
  simulator.world.clock.advance(UNDER_WAY_MS);
  await waitFor(async () => (await scene.counted('opened')) > opened, { message: 'the old one is not opened' });
  await scene.until(mere, has('For the old one'), 'the old one is lost');
  expect(await scene.counted('certificate')).toBe(0);
});
