import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore } from '../../../src/store/connect.js';
import { freePort } from '../../../src/store/embedded/mongod-process.js';
import { isRunning } from '../../../src/store/embedded/process-identity.js';
import { createDataFolder, type DataFolder } from '../../support/data-folder.js';
import { waitFor } from '../../support/wait-for.js';

describe('an embedded MongoDB', () => {
  let folder: DataFolder;
  beforeEach(async () => {
    folder = await createDataFolder();
  });
  afterEach(() => folder.remove());

  it('starts writable, writes down who it is, and stops when the last one detaches', async () => {
    const server = await folder.start();
    await note(server.uri, 'first');
    expect(await folder.file()).toMatchObject({ pid: server.pid, port: server.port, attached: [process.pid] });
    await server.detach();
    expect(await isRunning(server.pid)).toBe(false);
    expect(await folder.file()).toMatchObject({ pid: null, attached: [] });
  });

  it('keeps its data and its port between runs', async () => {
    const first = await folder.start();
    await note(first.uri, 'kept');
    await first.detach();
    const second = await folder.start();
    expect(second.port).toBe(first.port);
    expect(await notes(second.uri)).toEqual(['kept']);
  });

  it('takes another port when its own is taken, and is writable there with its data', async () => {
    const first = await folder.start();
    await note(first.uri, 'before');
    await first.detach();
    const squatter = await listenOn(first.port);
    try {
      const second = await folder.start();
      expect(second.port).not.toBe(first.port);
      await note(second.uri, 'after');
      expect(await notes(second.uri)).toEqual(['before', 'after']);
    } finally {
      squatter.close();
    }
  });

  it('takes the port that is asked for', async () => {
    const port = await freePort(undefined);
    expect((await folder.start({ port })).port).toBe(port);
  });

  it('is shared by processes and stopped by the last of them', async () => {
    const mine = await folder.start();
    const other = await folder.startElsewhere();
    expect(other.mongodPid).toBe(mine.pid);
    expect((await folder.file()).attached).toHaveLength(2);
    await mine.detach();
    expect(await isRunning(mine.pid)).toBe(true);
    await note(other.uri, 'still there');
    await other.end();
    expect(await isRunning(mine.pid)).toBe(false);
  });

  it('is started once by processes that come at the same time', async () => {
    const [mine, one, two] = await Promise.all([folder.start(), folder.startElsewhere(), folder.startElsewhere()]);
    expect([one.mongodPid, two.mongodPid]).toEqual([mine.pid, mine.pid]);
    expect((await folder.file()).attached).toHaveLength(3);
  });

  it('counts two uses by one process as two', async () => {
    const first = await folder.start();
    const second = await folder.start();
    await first.detach();
    await first.detach();
    expect(await isRunning(second.pid)).toBe(true);
    await second.detach();
    expect(await isRunning(second.pid)).toBe(false);
  });
});

describe('a data folder left by a dead run', () => {
  let folder: DataFolder;
  beforeEach(async () => {
    folder = await createDataFolder();
  });
  afterEach(() => folder.remove());

  it('is recovered after kill -9 of mongod, with all that was acknowledged', async () => {
    const first = await folder.start();
    await note(first.uri, 'acknowledged');
    process.kill(first.pid, 'SIGKILL');
    await waitFor(async () => !(await isRunning(first.pid)), { message: 'mongod did not die' });
    const second = await folder.start();
    expect(second.pid).not.toBe(first.pid);
    expect(await notes(second.uri)).toEqual(['acknowledged']);
  });

  it('is attached to after kill -9 of the only process, whose orphan the next detach stops', async () => {
    const dead = await folder.startElsewhere();
    await dead.kill();
    expect(await isRunning(dead.mongodPid)).toBe(true);
    const mine = await folder.start();
    expect(mine.pid).toBe(dead.mongodPid);
    expect((await folder.file()).attached).toEqual([process.pid]);
    await mine.detach();
    expect(await isRunning(dead.mongodPid)).toBe(false);
  });

  it('is attached to when mongod.json was lost', async () => {
    const first = await folder.start();
    await rm(join(folder.path, 'mongod.json'));
    expect((await folder.start()).pid).toBe(first.pid);
  });

  it('is recovered when mongod.json names a process that is not its mongod, which is left alone', async () => {
    await writeFile(join(folder.path, 'mongod.json'), JSON.stringify({ pid: process.pid, port: 1, attached: [1] }));
    const server = await folder.start();
    await note(server.uri, 'works');
    expect(server.pid).not.toBe(process.pid);
  });

  it('is recovered when mongod.json is garbage and a dead process holds its lock', async () => {
    const dead = await folder.startElsewhere();
    await dead.kill();
    await writeFile(join(folder.path, 'mongod.json'), '{"pid":');
    await writeFile(join(folder.path, 'mongod.json.lock'), '999999999 1@x');
    expect((await folder.start()).pid).toBe(dead.mongodPid);
  });

  it('is recovered when its orphaned mongod hangs and does not answer', async () => {
    const dead = await folder.startElsewhere();
    await note(dead.uri, 'before the hang');
    await dead.kill();
    process.kill(dead.mongodPid, 'SIGSTOP');
    const mine = await folder.start({ answerLimitMs: 1_000 });
    expect(mine.pid).not.toBe(dead.mongodPid);
    expect(await notes(mine.uri)).toEqual(['before the hang']);
  });

  it('is not taken from a living process because its mongod does not answer', async () => {
    const mine = await folder.start();
    process.kill(mine.pid, 'SIGSTOP');
    await expect(folder.start({ answerLimitMs: 1_000 })).rejects.toMatchObject({ code: 'mongod_silent' });
    process.kill(mine.pid, 'SIGCONT');
    expect((await folder.start()).pid).toBe(mine.pid);
  });
});

async function withNotes<T>(
  uri: string,
  work: (store: Awaited<ReturnType<typeof connectStore>>) => Promise<T>,
): Promise<T> {
  const store = await connectStore({ uri, log: createLog('silent') });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function note(uri: string, text: string): Promise<void> {
  await withNotes(uri, (store) => store.collection<{ text: string }>('notes').insertOne({ text }));
}

function notes(uri: string): Promise<string[]> {
  return withNotes(uri, async (store) => {
    const found = await store.collection<{ text: string }>('notes').find().sort({ _id: 1 }).toArray();
    return found.map((document) => document.text);
  });
}

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
