import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { startService } from '../../../src/compose/service.js';
import { connectMicrosoft, openServices } from '../../../src/compose.js';
import { createLog } from '../../../src/kernel/log.js';
import { createStopping } from '../../../src/kernel/stopping.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { createDataFolder } from '../../support/data-folder.js';
import { openTestStore } from '../../support/database.js';
import { setUpEnterprise, stackConfig } from '../../support/stack.js';
import { PROJECT } from './deploy-files.js';

let taken: Server;
let takenPort: number;
beforeAll(async () => {
  taken = createServer().listen(0, '0.0.0.0');
  await once(taken, 'listening');
  const address = taken.address();
  takenPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => taken.close());

test('a process that cannot have its second port takes no tenant from those that can, and gives the first one back', async () => {
  const database = await openTestStore();
  const simulator = await startSimulator({ people: 0, groups: 0 });
  const [tenant] = simulator.world.tenants.values();
  if (!tenant) throw new Error('the simulator has no tenant');
  const config = stackConfig({
    simulator,
    uri: database.uri,
    port: 0,
    opsPort: takenPort,
    env: { OPS_HOST: '0.0.0.0' },
  });
  const log = createLog('silent');
  const before = await openServices(config, { log, path: '' });
  const parts = { services: before, microsoft: connectMicrosoft(before, config), tenant };
  const { enterpriseId } = await setUpEnterprise({ ...parts, names: [], calendarSync: false });
  await before.close();
  const stopping = createStopping(log);
  const services = await openServices(config, { log, path: '' });
  stopping.add({ name: 'database', limitMs: 5_000, stop: () => services.close() });
  await expect(startService(services, { config, stopping })).rejects.toMatchObject({ code: 'cannot_listen' });
  const fence = await database.store.collection<{ _id: string }>('fences').findOne({ _id: enterpriseId });
  expect(fence).toMatchObject({ epoch: 0, holder: null });
  expect(await stopping.stop()).toBe(true);
  await simulator.close();
  await database.drop();
});

test('a start that fails stops the embedded MongoDB that it had started', async () => {
  const folder = await createDataFolder();
  const env = {
    ...{ PATH: process.env['PATH'], MONGOD_BINARY: process.env['MONGOD_BINARY'], DATA_DIR: folder.path },
    ...{ PORT: String(takenPort), OPS_PORT: '0', PUBLIC_URL: `http://127.0.0.1:${takenPort}`, LOG_LEVEL: 'error' },
    ...{ AZURE_CLIENT_ID: '12345678-90ab-cdef-1234-567890abcdef', AZURE_CLIENT_SECRET: 'client~secret' },
    APP_SECRET: 'a-secret-for-tests-that-is-long-enough',
  };
  const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], { cwd: PROJECT, env });
  let said = '';
  service.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(service, 'exit');
  const left = await folder.file();
  await folder.remove();
  expect([code, said]).toEqual([1, expect.stringContaining('Is the port taken?')]);
  expect(left).toMatchObject({ pid: null, attached: [] });
});
