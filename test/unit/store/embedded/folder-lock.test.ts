import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../src/kernel/clock.js';
import { withFolderLock } from '../../../../src/store/embedded/folder-lock.js';

const options = { clock: systemClock, limitMs: 5_000 };

describe('the lock of a data folder', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ghs-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const visit = () =>
      withFolderLock(file, options, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await systemClock.sleep(5);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 8 }, visit));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    await expect(withFolderLock(file, options, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(await withFolderLock(file, options, async () => 'free')).toBe('free');
  });

  it.each([
    ['is dead', '999999999 1@boot'],
    ['had the pid of a process that is another one now', `${process.pid} 1@earlier`],
  ])('is taken from a holder that %s, by one of many who find it', async (_case, content) => {
    await writeFile(file, content);
    let inside = 0;
    const visit = () =>
      withFolderLock(file, options, async () => {
        expect(inside).toBe(0);
        inside += 1;
        await systemClock.sleep(2);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 6 }, visit));
  });

  it('names the living holder that does not give it back in time', async () => {
    const done = new AbortController();
    const holding = withFolderLock(file, options, () => systemClock.sleep(60_000, done.signal)).catch(() => {});
    await systemClock.sleep(50);
    const late = withFolderLock(file, { ...options, limitMs: 50 }, async () => {});
    await expect(late).rejects.toMatchObject({ code: 'data_dir_locked' });
    await expect(late).rejects.toThrow(String(process.pid));
    done.abort();
    await holding;
  });
});
