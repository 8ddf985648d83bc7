import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClientCertificate } from '../../../src/config/client-certificate.js';
import type { AzureCredential } from '../../../src/config/config.js';
import { startWorker, type Work } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';
import {
  OTHER_RSA_CERTIFICATE,
  OTHER_RSA_KEY,
  RSA_CERTIFICATE,
  RSA_KEY,
} from '../../unit/config/certificate-fixture.js';
import { firstPerson, hasFirstName, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

let scene: SubscriptionsScene;
let person: string;
const running = new Set<Work>();

/** As AZURE_CLIENT_CERTIFICATE_PATH would be read. */
function fromFile(name: string, pem: string): AzureCredential {
  const path = join(mkdtempSync(join(tmpdir(), 'client-')), name);
  writeFileSync(path, pem);
  const read = readClientCertificate(path, new Date(), (file) => readFileSync(file, 'utf8'));
  if (!read.ok) throw new Error(read.problem);
  return read.credential;
}

const OLD = fromFile('old.pem', RSA_KEY + RSA_CERTIFICATE);
const NEW = fromFile('new.pem', OTHER_RSA_KEY + OTHER_RSA_CERTIFICATE);

beforeAll(async () => {
  scene = await startSubscriptionsScene({ env: { ROLES: 'intake,portal' } });
  registered(RSA_CERTIFICATE);
  const first = await workerWith(OLD);
  person = await firstPerson(scene);
  await scene.settled();
  await stop(first);
});
afterEach(async () => {
  for (const worker of running) await stop(worker);
});
afterAll(() => scene?.close());

/** What the app registration knows from now on; no secret is good any more. */
function registered(...pems: readonly string[]): void {
  const { application } = scene.simulator.world;
  application.certificates.splice(0, Number.POSITIVE_INFINITY, ...pems);
  application.clientSecret = 'nobody has this secret';
}

async function workerWith(credential: AzureCredential): Promise<Work> {
  const worker = await startWorker(scene, { azure: { ...scene.config.azure, credential } });
  running.add(worker);
  return worker;
}

async function stop(worker: Work): Promise<void> {
  running.delete(worker);
  await worker.stop();
}

/** Edits somebody again and again; answers how to end it, and what was given last. */
function editing(): { edits(): number; end(): Promise<string> } {
  let edits = 0;
  let going = true;
  const name = () => `Edit ${edits}`;
  const loop = (async () => {
    while (going) {
      edits += 1;
      scene.tenant.directory.updateUser(person, { givenName: name() });
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  const end = async () => {
    going = false;
    await loop;
    return name();
  };
  return { edits: () => edits, end };
}

const firstName = async () => (await scene.services.people.findOrNull(scene.enterpriseId, person))?.firstName ?? '';

/** Something that was given from now on is in the record. */
async function goesOn(stream: ReturnType<typeof editing>): Promise<void> {
  const from = stream.edits();
  const isIn = async () => Number((await firstName()).replace('Edit ', '')) > from;
  await waitFor(isIn, { message: 'nothing comes in any more' });
}

test('from one certificate of the app to another while people are edited: nothing is lost, and the old one may go', async () => {
  registered(RSA_CERTIFICATE, OTHER_RSA_CERTIFICATE);
  const old = await workerWith(OLD);
  const stream = editing();
  await goesOn(stream);
  const next = await workerWith(NEW);
  await stop(old);
  registered(OTHER_RSA_CERTIFICATE);
  await goesOn(stream);
  await hasFirstName(scene, person, await stream.end());
  await stop(next);
});

test('a certificate that is taken out too early holds the tenant, and what was told meanwhile comes in with the next one', async () => {
  registered(OTHER_RSA_CERTIFICATE);
  const old = await workerWith(OLD);
  const held = async () => {
    const { connection, lastError } = await scene.services.integrations.getIntegration(scene.enterpriseId);
    return connection === 'error' ? lastError : null;
  };
  scene.tenant.directory.updateUser(person, { givenName: 'Meanwhile' });
  await waitFor(async () => (await held()) !== null, { message: 'not held' });
  expect((await held())?.message).toMatch(/certificate/);
  expect(await firstName()).not.toBe('Meanwhile');
  await stop(old);
  await workerWith(NEW);
  await waitFor(async () => (await firstName()) === 'Meanwhile', { message: 'not in' });
  await waitFor(async () => (await held()) === null, { message: 'still held' });
});
