import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '../../../src/cli/frame/export-file.js';
import { systemChance } from '../../../src/kernel/chance.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ghs-export-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function* chunks(...texts: string[]): AsyncIterable<string> {
  yield* texts;
}

async function* failing(): AsyncIterable<string> {
  yield 'half of it';
  throw new Error('the database went away');
}

test('a file is written chunk by chunk, for its owner only, and nothing else is left', async () => {
  const path = join(folder, 'runs.csv');
  await writeWhole(systemChance, path, chunks('id\r\n', 'ā\r\n'));
  expect(await readFile(path, 'utf8')).toBe('id\r\nā\r\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['runs.csv']);
});

test('an export that breaks off leaves the file of before as it was', async () => {
  const path = join(folder, 'runs.csv');
  await writeFile(path, 'of before');
  await expect(writeWhole(systemChance, path, failing())).rejects.toThrow('the database went away');
  expect(await readFile(path, 'utf8')).toBe('of before');
  expect(await readdir(folder)).toEqual(['runs.csv']);
});

test('a place that cannot be written says so, names the option and leaves nothing', async () => {
  const unwritable = { code: 'file_unwritable', field: 'out' };
  await expect(writeWhole(systemChance, join(folder, 'none', 'x.csv'), chunks('x'))).rejects.toMatchObject(unwritable);
  await mkdir(join(folder, 'taken'));
  await expect(writeWhole(systemChance, join(folder, 'taken'), chunks('x'))).rejects.toMatchObject(unwritable);
  expect(await readdir(folder)).toEqual(['taken']);
});
