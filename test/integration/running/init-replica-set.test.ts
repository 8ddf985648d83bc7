import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openServices } from '../../../src/compose.js';
import { parseStoreConfig } from '../../../src/config/parse-config.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore } from '../../../src/store/connect.js';
import { findMongod } from '../../../src/store/embedded/find-mongod.js';
import { freePort } from '../../../src/store/embedded/mongod-process.js';
import { PROJECT } from './deploy-files.js';

let folder: string;
const members: { readonly port: number; readonly child: ChildProcess }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ghs-init-'));
  await writeFile(join(folder, 'keyfile'), 'a2V5IG9mIHRoZSBtZW1iZXJzIG9mIHRoZSBzZXQ=');
  await chmod(join(folder, 'keyfile'), 0o400);
  const cacheDir = join(PROJECT, '.cache', 'mongod');
  const { binary } = await findMongod({
    path: process.env['PATH'] ?? '',
    binary: process.env['MONGOD_BINARY'],
    cacheDir,
  });
  for (let index = 0; index < 3; index += 1) members.push(await startMember(binary, index));
});

afterAll(async () => {
  await Promise.all(
    members.map(({ child }) => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      return ended;
    }),
  );
  await rm(folder, { recursive: true, force: true });
});

/** As compose.yaml starts it: a key file, and so nobody gets in without a password. */
async function startMember(binary: string, index: number) {
  const dbpath = join(folder, String(index));
  await mkdir(dbpath);
  const port = await freePort(undefined);
  const args = [
    ...['--replSet', 'rs0', '--keyFile', join(folder, 'keyfile'), '--dbpath', dbpath, '--port', String(port)],
    ...['--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--nounixsocket'],
    ...['--logpath', join(folder, `${index}.log`)],
  ];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const store = await connectStore({
    uri: `mongodb://127.0.0.1:${port}/x?directConnection=true`,
    log: createLog('silent'),
    selectionTimeoutMs: 30_000,
  }).catch(() => null);
  await store?.close();
  return { port, child };
}

async function initiate(servicePassword: string, rootPasswords = 'root-password\n'): Promise<string> {
  await writeFile(join(folder, 'service'), servicePassword);
  await writeFile(join(folder, 'root'), rootPasswords);
  const env = {
    PATH: process.env['PATH'],
    MEMBERS: members.map(({ port }) => `127.0.0.1:${port}`).join(','),
    ROOT_PASSWORD_FILE: join(folder, 'root'),
    SERVICE_PASSWORD_FILE: join(folder, 'service'),
  };
  const run = promisify(execFile)(process.execPath, ['deploy/init-replica-set.mjs'], { cwd: PROJECT, env });
  return (await run).stdout;
}

function uriWith(password: string): string {
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return `mongodb://gethomesafe:${password}@${hosts}/gethomesafe?replicaSet=rs0&authSource=admin`;
}

test('the set and its users are made from nothing, a second run changes nothing, and a new password counts', async () => {
  expect(await initiate('first')).toContain('users: there');
  expect(await initiate('first')).toContain('users: there');

  // The user of the service can do all that the service does, and nothing elsewhere.
  const log = createLog('silent');
  const services = await openServices(parseStoreConfig({ MONGODB_URI: uriWith('first') }), { log, path: '' });
  try {
    const { _id } = await services.structure.createEnterprise({ name: 'Kiwi Power', by: 'test' });
    const lease = await services.leases.take(_id, '11111111-1111-1111-1111-111111111111');
    expect(await lease?.transaction(async () => 'in a transaction')).toBe('in a transaction');
    const session = services.store.openSession();
    await expect(services.store.killSession(session.id)).resolves.not.toThrow();
    await session.end();
    const elsewhere = services.store.client.db('other').collection('things').insertOne({});
    await expect(elsewhere).rejects.toThrow(/not authorized/);
  } finally {
    await services.close();
  }

  await initiate('second');
  const store = await connectStore({ uri: uriWith('second'), log, selectionTimeoutMs: 10_000 });
  expect(await store.canWrite(5_000)).toBe(true);
  await store.close();
  await expect(connectStore({ uri: uriWith('first'), log, selectionTimeoutMs: 3_000 })).rejects.toThrow();
});

test("root's password is changed by a file that has the new one before the old one, and then the new one is enough", async () => {
  await initiate('third');
  expect(await initiate('third', 'root-new\nroot-password\n')).toContain('users: there');
  expect(await initiate('third', 'root-new\nroot-password\n')).toContain('users: there');
  expect(await initiate('third', 'root-new\n')).toContain('users: there');
});
