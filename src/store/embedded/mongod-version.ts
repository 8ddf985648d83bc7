import { runProgram } from './run-program.js';

/** Oldest major version that the service supports (transactions over new collections, forced reconfiguration). */
const OLDEST_MAJOR = 5;
const VERSION_LIMIT_MS = 10_000;

export type MongodCheck = { usable: true; version: string } | { usable: false; problem: string };

/** Whether a program runs here and is a mongod of a version that the service supports. */
export async function checkMongod(binary: string): Promise<MongodCheck> {
  const result = await runProgram(binary, ['--version'], { limitMs: VERSION_LIMIT_MS });
  if (result.code !== 0) return { usable: false, problem: `${binary} does not run here: ${result.problem}` };
  return judgeVersion(binary, result.stdout);
}

/** Reads what `mongod --version` printed. */
export function judgeVersion(binary: string, output: string): MongodCheck {
  const version = /^db version v(\d+\.\d+\.\d+)/m.exec(output)?.[1];
  if (version === undefined) return { usable: false, problem: `${binary} is not a mongod` };
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return { usable: true, version };
  return { usable: false, problem: `${binary} is MongoDB ${version}; ${OLDEST_MAJOR}.0 or later is needed` };
}
