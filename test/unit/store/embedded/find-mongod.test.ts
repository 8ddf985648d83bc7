import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstWorking, type MongodSource } from '../../../../src/store/embedded/find-mongod.js';
import { judgeVersion } from '../../../../src/store/embedded/mongod-version.js';

describe('the search for a mongod', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ghs-find-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes the first program that is a mongod of a supported version', async () => {
    const old = await program('old', 'echo db version v4.4.29');
    const good = await program('good', 'echo db version v6.0.5');
    const found = await firstWorking([source('a', null), source('b', old), source('c', good)], () => {});
    expect(found).toEqual({ binary: good, version: '6.0.5', source: 'c' });
  });

  it('asks no further source once it has one', async () => {
    const good = await program('good', 'echo db version v7.0.2');
    const further: MongodSource = { name: 'download', absent: '', find: () => Promise.reject(new Error('was asked')) };
    expect((await firstWorking([source('path', good), further], () => {})).source).toBe('path');
  });

  it('fails with one error that lists everything tried and says what to install', async () => {
    const broken = await program('broken', 'echo libcrypto.so.1.1: cannot open >&2; exit 127');
    const sources = [source('MONGOD_BINARY', null), source('the PATH', broken), source('the cache', '/nowhere/mongod')];
    const refused: MongodSource = { name: 'the web', absent: '', find: () => Promise.reject(new Error('no internet')) };
    const search = firstWorking([...sources, refused], () => {});
    await expect(search).rejects.toMatchObject({ code: 'mongod_missing', status: 503 });
    for (const part of [
      '1. MONGOD_BINARY: not there',
      'libcrypto.so.1.1',
      '/nowhere/mongod',
      'no internet',
      'Install',
    ]) {
      await expect(search).rejects.toThrow(part);
    }
  });

  it('reports what failed as it goes, but not what is merely absent', async () => {
    const lines: string[] = [];
    const notMongod = await program('other', 'echo hello');
    const good = await program('good', 'echo db version v5.0.0');
    await firstWorking([source('a', null), source('b', notMongod), source('c', good)], (line) => lines.push(line));
    expect(lines).toEqual([`No mongod from b: ${notMongod} is not a mongod`]);
  });

  async function program(name: string, script: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }
});

describe('the version of a mongod', () => {
  it.each([
    ['db version v6.0.5\nBuild Info: {}', '6.0.5'],
    ['db version v5.0.0', '5.0.0'],
    ['db version v8.2.6-rc1', '8.2.6'],
  ])('reads %j as %s', (output, version) => {
    expect(judgeVersion('mongod', output)).toEqual({ usable: true, version });
  });

  it.each(['db version v4.4.29', 'MongoDB shell version v6.0.0', ''])('does not accept %j', (output) => {
    expect(judgeVersion('mongod', output).usable).toBe(false);
  });
});

function source(name: string, binary: string | null): MongodSource {
  return { name, absent: 'not there', find: async () => binary };
}
