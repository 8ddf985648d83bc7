import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/stage/free-port.js';
import { startService } from '../../src/compose/service.js';
import { openServices, type Services } from '../../src/compose.js';
import { createLog } from '../../src/kernel/log.js';
import { createStopping } from '../../src/kernel/stopping.js';
import { type Simulator, startSimulator } from '../../src/simulator/server/start-simulator.js';
import { createDataFolder, type DataFolder } from '../support/data-folder.js';
import { ghsAt } from '../support/ghs.js';
import { setUpEnterprise, stackConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

let data: DataFolder;
let simulator: Simulator;

beforeAll(async () => {
  data = await createDataFolder();
  simulator = await startSimulator({ people: 0, groups: 0 });
});
afterAll(async () => {
  await simulator?.close();
  await data?.remove();
});

const NAMES = ['Aroha', 'Hemi', 'Mere', 'Wiki', 'Tane', 'Rangi', 'Moana', 'Kahu', 'Pita', 'Ana'];
const ports = { port: 0, opsPort: 0 };

/** One mongod on the folder, and the service on it, until both are stopped in order. */
async function start(roles: string) {
  const mongod = await data.start();
  const uri = `${mongod.uri}`;
  const config = stackConfig({ simulator, uri, ...ports, env: { ROLES: roles } });
  const log = createLog('silent');
  const stopping = createStopping(log);
  const services = await openServices(config, { log, path: '' });
  stopping.add({ name: 'database', limitMs: 5_000, stop: () => services.close() });
  const { microsoft } = await startService(services, { config, stopping });
  const stop = async () => {
    await stopping.stop();
    await mongod.detach();
  };
  return { config, services, microsoft, stop };
}

test('from a copy of the files of a stopped mongod nothing is lost and nothing is wrongly taken', async () => {
  Object.assign(ports, { port: await freePort(), opsPort: await freePort() });
  const [tenant] = simulator.world.tenants.values();
  if (!tenant) throw new Error('There is no tenant.');
  const { directory } = tenant;
  const group = directory.createGroup({ displayName: 'Field crew' }).objectId;
  const ids = new Map<string, string>();
  const add = (name: string) => {
    const mail = `${name.toLowerCase()}@kiwipower.test`;
    const { objectId } = directory.createUser({
      displayName: name,
      givenName: name,
      mail,
      userPrincipalName: mail,
      accountEnabled: true,
    });
    ids.set(name, objectId);
    directory.addMember(group, objectId);
  };
  const id = (name: string) => ids.get(name) ?? '';
  for (const name of NAMES) add(name);

  let running = await start('intake,worker,portal');
  const made = await setUpEnterprise({ ...running, tenant, names: ['North'], calendarSync: false });
  const { enterpriseId } = made;
  await running.services.teamMappings.mapTeam(
    enterpriseId,
    { groupId: group, teamId: made.teams['North'] ?? '' },
    'test',
  );
  await sync(running.services, enterpriseId, false);
  const before = await people(running.services, enterpriseId, ids);
  expect(Object.keys(before)).toHaveLength(NAMES.length);
  await running.stop();
  const kept = join(data.path, '..', `${data.path.split('/').at(-1)}-backup`);
  await cp(join(data.path, 'db'), kept, { recursive: true });

  // After the backup: a field, a newcomer, one who leaves, one who is disabled; all of it is in.
  running = await start('intake,worker,portal');
  directory.updateUser(id('Aroha'), { givenName: 'Since' });
  add('Newcomer');
  directory.removeMember(group, id('Hemi'));
  directory.updateUser(id('Mere'), { accountEnabled: false });
  const after: Record<string, string> = {
    ...before,
    Aroha: 'Since invited in 1',
    Newcomer: 'Newcomer invited in 1',
    Hemi: 'Hemi invited in 0',
    Mere: 'Mere archived in 1',
  };
  await isLike(running.services, enterpriseId, { ids, wanted: after });
  await running.stop();

  // The disk is lost. While everything is down somebody changes, and somebody leaves and comes back.
  await rm(join(data.path, 'db'), { recursive: true });
  await cp(kept, join(data.path, 'db'), { recursive: true });
  await rm(kept, { recursive: true });
  directory.updateUser(id('Tane'), { givenName: 'While down' });
  directory.removeMember(group, id('Wiki'));
  directory.addMember(group, id('Wiki'));

  // As docs/running/backup.md says: the command first, with nothing started.
  const mongod = await data.start();
  const config = stackConfig({ simulator, uri: mongod.uri, ...ports, env: {} });
  const { code, document } = await ghsAt(
    { services: { mongodbUri: mongod.uri }, config, simulator, url: config.publicUrl },
    'after-restore',
  );
  expect(code).toBe(0);
  expect(document.items[0].plan).toMatchObject({ status: 'succeeded', held: 0 });
  await mongod.detach();

  running = await start('intake,worker,portal');
  try {
    const { services } = running;
    expect(await people(services, enterpriseId, ids)).toMatchObject(before);
    await services.integrations.resume(enterpriseId, 'test');
    await sync(services, enterpriseId, false);
    await isLike(services, enterpriseId, { ids, wanted: { ...after, Tane: 'While down invited in 1' } });
    const again = await sync(services, enterpriseId, true);
    const changes = (await services.runs.items(again)).filter(
      ({ kind, field }) => kind !== 'problem' && field !== 'timeZone',
    );
    expect(changes).toEqual([]);
    const taken = await services.store
      .collection('ledger')
      .find({ kind: { $in: ['archive', 'leave'] } })
      .toArray();
    const wrongly = taken.filter(({ objectId }) => ![id('Hemi'), id('Mere')].includes(objectId));
    expect(wrongly).toEqual([]);
  } finally {
    await running.stop();
  }
}, 240_000);

async function sync(services: Services, enterpriseId: string, dry: boolean): Promise<string> {
  const { run } = await services.runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry });
  const ended = await services.runs.wait(run._id, { timeoutMs: 60_000 });
  expect(ended.status).toBe('succeeded');
  return run._id;
}

/** Whoever has a record, in words that tell everything which the tenant decides. */
async function people(services: Services, enterpriseId: string, ids: ReadonlyMap<string, string>) {
  const known: Record<string, string> = {};
  for (const [name, objectId] of ids) {
    const user = await services.people.findOrNull(enterpriseId, objectId);
    if (user) known[name] = `${user.firstName} ${user.status} in ${user.memberships.length}`;
  }
  return known;
}

async function isLike(
  services: Services,
  enterpriseId: string,
  { ids, wanted }: { ids: ReadonlyMap<string, string>; wanted: Readonly<Record<string, string>> },
): Promise<void> {
  let last = {};
  const isSame = async () => {
    last = await people(services, enterpriseId, ids);
    return Object.entries(wanted).every(([name, words]) => Reflect.get(last, name) === words);
  };
  await waitFor(isSame, { message: 'not in step', everyMs: 100 }).catch(() => {
    expect(last).toEqual(wanted);
  });
}
