import { INDEXES } from '../../../src/compose/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { type ServiceProcess, startServiceProcess } from '../../support/service-processes.js';
import { waitFor } from '../../support/wait-for.js';

let opened: TestStore;
let started: ServiceProcess[];

beforeEach(async () => {
  opened = await openTestStore();
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((each) => each.end('SIGKILL')));
  await opened.drop();
});

async function start(): Promise<ServiceProcess> {
  const service = await startServiceProcess(opened.uri);
  service.ready.catch(() => {});
  started.push(service);
  return service;
}

async function startAtOnce(count: number): Promise<readonly ServiceProcess[]> {
  const services = await Promise.all(Array.from({ length: count }, start));
  await Promise.all(services.map(({ ready }) => ready));
  return services;
}

/** Names of the indexes that are there, with their collections. */
async function present(): Promise<string[]> {
  const { db } = opened.store;
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  const found = await Promise.all(
    collections.map(async ({ name }) => (await db.collection(name).indexes()).map((index) => `${name} ${index.name}`)),
  );
  return found.flat();
}

const wanted = INDEXES.map(({ collection, name }) => `${collection} ${name}`);

async function everythingOnce(): Promise<void> {
  expect(await present()).toEqual(expect.arrayContaining(wanted));
  const jobs = await opened.store.collection<{ name: string }>('agendaJobs').find({}).toArray();
  const names = jobs.map(({ name }) => name).sort();
  expect(names).toEqual([...new Set(names)]);
  expect(names).toContain('catch-up');
}

const LIMIT_MS = 120_000;

test(
  'processes that start at once on an empty database all come up, with every index and every job once',
  async () => {
    const services = await startAtOnce(4);
    await everythingOnce();
    expect(await Promise.all(services.map((each) => each.end()))).toEqual([0, 0, 0, 0]);
  },
  LIMIT_MS,
);

test(
  'a process that is killed while it makes the indexes leaves nothing that keeps the next ones from starting',
  async () => {
    const first = await start();
    const [{ collection, name } = { collection: '', name: '' }] = INDEXES;
    const isBegun = () => opened.store.collection(collection).indexExists(name);
    await waitFor(isBegun, { message: 'no index was made', everyMs: 1 });
    await first.end('SIGKILL');
    await startAtOnce(3);
    await everythingOnce();
  },
  LIMIT_MS,
);
