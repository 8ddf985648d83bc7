import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { runProgram } from './run-program.js';

/** Without an answer by then there is no way to the download site. */
const FIRST_OUTPUT_MS = 10_000;
const DOWNLOAD_LIMIT_MS = 180_000;

const SETTINGS = [
  // The downloader checks the server's certificate only when npm's setting says so; what it fetches is run.
  'npm_config_strict_ssl=true',
  // Its own retries wait for half a minute without internet.
  'MONGOMS_MAX_RETRIES=1',
].join('\n');

/**
 * In a process of its own, because the downloader prints to stdout and cannot be stopped. `-e` code is CommonJS
 * whatever the package around it says.
 */
const SCRIPT = `
const { MongoBinary } = require(process.argv[1]);
MongoBinary.getPath({ downloadDir: process.argv[2] }).then(
  (file) => console.log('\\nmongod=' + file),
  (error) => { console.error(error.message.replace(/\\s+/g, ' ')); process.exitCode = 1; },
);`;

export interface DownloadDeps {
  readonly cacheDir: string;
  readonly report: (line: string) => void;
  /** Moves the program to where it stays and says where that is. */
  readonly keep: (file: string) => Promise<string>;
}

/** The mongod that mongodb-memory-server-core picks for this machine. */
export async function downloadFromMongodb(deps: DownloadDeps): Promise<string> {
  const workDir = await mkdtemp(join(deps.cacheDir, 'download-'));
  try {
    const settings = join(workDir, 'settings.env');
    await writeFile(settings, SETTINGS);
    deps.report('Asking the MongoDB download site for mongod');
    const downloader = createRequire(import.meta.url).resolve('mongodb-memory-server-core');
    const result = await runProgram(process.execPath, [`--env-file=${settings}`, '-e', SCRIPT, downloader, workDir], {
      limitMs: DOWNLOAD_LIMIT_MS,
      firstOutputMs: FIRST_OUTPUT_MS,
      onOutput: (text) => reportProgress(text, deps.report),
    });
    const file = /^mongod=(.+)$/m.exec(result.stdout)?.[1];
    if (result.code !== 0 || file === undefined) throw new Error(result.problem || 'the download named no program');
    // The downloader may have found one in a cache of its own, which is not ours to move.
    if (relative(workDir, file).startsWith('..')) return file;
    await chmod(file, 0o755);
    return await deps.keep(file);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

function reportProgress(text: string, report: (line: string) => void): void {
  const progress = /Downloading MongoDB.*\)/.exec(text)?.[0];
  if (progress) report(progress);
}
