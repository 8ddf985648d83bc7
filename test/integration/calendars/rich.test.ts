import { ourCertificate } from '../../../src/graph/rich/our-certificates.js';
import { HOUR_MS } from '../../../src/kernel/clock.js';
import { calendarOf } from '../../support/calendar-scene.js';
import { type RichScene, startRichScene } from '../../support/rich-scene.js';
import { waitFor } from '../../support/wait-for.js';
import { RSA_CERTIFICATE, RSA_KEY } from '../../unit/config/certificate-fixture.js';

let scene: RichScene;

beforeAll(async () => {
  scene = await startRichScene();
});
afterAll(() => scene?.stack.close());
afterEach(() => scene.wrong('none'));

const only = (status: string) => (rows: readonly { status: string }[]) =>
  rows.length === 1 && rows[0]?.status === status;

interface Held {
  readonly id: string;
  readonly resource: string;
  readonly includeResourceData: boolean | null;
  readonly encryptionCertificateId: string | null;
  readonly expirationDateTime: string;
}

async function held(objectId: string): Promise<Held | undefined> {
  const answer = await fetch(`${scene.stack.simulator.control}/subscriptions`);
  const { items }: { items: Held[] } = JSON.parse(await answer.text());
  return items.find(({ resource }) => resource.startsWith(`users/${objectId}/events`));
}

async function rowOf(objectId: string) {
  const rows = await scene.stack.services.subscriptions.ofTenant(scene.stack.tenant.id);
  return rows.find(({ resource }) => resource === `users/${objectId}/events`);
}

test('a watched calendar is asked for with its events, for our certificate and a day at the most', async () => {
  const mere = await scene.person('Mere');
  await scene.watched(mere);
  const subscription = await held(mere);
  expect(subscription).toMatchObject({ includeResourceData: true, encryptionCertificateId: scene.certificateId });
  expect(subscription?.resource).toMatch(/\/events\?\$select=id,iCalUId,.*subject/);
  expect(subscription?.resource).not.toMatch(/body|attendees/);
  expect(Date.parse(subscription?.expirationDateTime ?? '')).toBeLessThan(Date.now() + 24 * HOUR_MS);
  expect(await rowOf(mere)).toMatchObject({ certificateId: scene.certificateId });
  scene.event(mere, { subject: 'Check the lines' });
  const [activity] = await scene.until(mere, only('scheduled'), 'no activity');
  expect(activity).toMatchObject({ name: 'Check the lines' });
  expect(await scene.counted('opened')).toBeGreaterThan(0);
});

test.each([
  ['content_signature', 'signature'],
  ['unknown_certificate', 'certificate'],
  ['token_signature', 'token'],
  ['expired_token', 'token'],
  ['foreign_audience', 'token'],
  ['no_tokens', 'token'],
] as const)('with %s an event arrives all the same, as a plain hint that is counted', async (fault, outcome) => {
  const who = await scene.person(`With${fault.replace('_', '')}`);
  await scene.watched(who);
  await scene.settled();
  const [opened, counted, reads] = [
    await scene.counted('opened'),
    await scene.counted(outcome),
    await scene.reads(who),
  ];
  scene.wrong(fault);
  scene.event(who);
  await scene.until(who, only('scheduled'), 'no activity');
  await scene.settled();
  expect(await scene.counted(outcome)).toBe(counted + 3);
  expect(await scene.counted('opened')).toBe(opened);
  expect(await scene.reads(who)).toBeGreaterThan(reads);
});

test('an event that is free ends without a reading; busy it is read, and free again as well', async () => {
  const { calendars, id: tenantId } = scene.stack.tenant;
  const { changes } = scene.stack.services;
  const hana = await scene.person('Hana');
  await scene.watched(hana);
  await scene.settled(hana);
  // Once when the person came, and once because Graph did not tell before.
  await waitFor(async () => (await scene.reads(hana)) >= 2, { message: 'not read' });
  await scene.settled(hana);
  const [reads, unchanged] = [await scene.reads(hana), (await changes.stats(tenantId)).unchanged];
  const id = scene.event(hana, { showAs: 'free' });
  const ended = async () => (await changes.stats(tenantId)).unchanged === unchanged + 3;
  await waitFor(ended, { message: 'it does not end' });
  await scene.settled();
  expect(await scene.reads(hana)).toBe(reads);
  // What the next reading finds of it Graph has told.
  const { calendars: mirrored } = scene.stack.services.mirror;
  expect(await calendarOf(mirrored, tenantId, hana)).toMatchObject({ toldUnread: true });
  calendars.updateEvent(hana, id, { showAs: 'busy' });
  await scene.until(hana, only('scheduled'), 'no activity');
  calendars.updateEvent(hana, id, { showAs: 'free' });
  await scene.until(hana, only('cancelled'), 'not cancelled');
  expect(await calendarOf(mirrored, tenantId, hana)).not.toHaveProperty('toldUnread');
});

test('a free event that comes with one that cannot be verified is read', async () => {
  const wiki = await scene.person('Wiki');
  await scene.watched(wiki);
  await scene.settled();
  const reads = await scene.reads(wiki);
  scene.event(wiki, { showAs: 'free' });
  scene.wrong('content_signature');
  scene.event(wiki, { showAs: 'free', subject: 'Another' });
  await waitFor(async () => (await scene.reads(wiki)) > reads, { message: 'not read' });
});

test('what was for an older certificate is for the present one from its next renewal on', async () => {
  const pita = await scene.person('Pita');
  await scene.watched(pita);
  const row = await rowOf(pita);
  if (!row) throw new Error('no row');
  const { encryptionCertificate } = ourCertificate(RSA_KEY + RSA_CERTIFICATE);
  const older = { encryptionCertificate, encryptionCertificateId: 'older' };
  const expiresAt = new Date(Date.now() + 20 * HOUR_MS);
  const graph = scene.stack.microsoft.graphFor(scene.stack.tenant.id);
  await graph.renewSubscription(row.subscriptionId ?? '', { expiresAt, encryption: older });
  expect(await held(pita)).toMatchObject({ encryptionCertificateId: 'older' });
  await scene.stack.services.subscriptions.update(row._id, { certificateId: 'older', expiresAt, renewAt: new Date() });
  const rotated = async () => (await rowOf(pita))?.certificateId === scene.certificateId;
  await waitFor(rotated, { message: 'not renewed' });
  expect(await held(pita)).toMatchObject({ id: row.subscriptionId, encryptionCertificateId: scene.certificateId });
});
