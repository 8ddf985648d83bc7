import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** Linux keeps files of this folder in memory (kernel documentation, tmpfs). */
const IN_MEMORY = '/dev/shm';
/** An oplog, journals and the data of some lanes; containers often have 64 MB of it. */
const NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * Where a mongod of histories keeps its data: in memory where there is room. Nobody stops that mongod in the middle of
 * a history, so that waiting for a disk would show nothing.
 */
export async function memoryFolder(): Promise<string> {
  const free = await statfs(IN_MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free >= NEEDED_BYTES ? IN_MEMORY : tmpdir();
}
