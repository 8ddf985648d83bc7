import { readFileSync } from 'node:fs';
import { messageOf } from '../kernel/app-error.js';

/** The environment of a process: `process.env`, or a test's own. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type ReadText = (path: string) => string;

export interface EnvironmentTexts {
  readonly texts: Readonly<Record<string, string>>;
  /** By variable, a sentence each. */
  readonly problems: ReadonlyMap<string, string>;
}

export const readTextFile: ReadText = (path) => readFileSync(path, 'utf8');

/**
 * The texts of the named variables. A secret may come from the file that `NAME_FILE` names, as container platforms
 * hand them over; an empty variable counts as not set, as compose files write it.
 */
export function environmentTexts(
  env: Environment,
  wanted: { readonly names: readonly string[]; readonly secrets: ReadonlySet<string> },
  readText: ReadText,
): EnvironmentTexts {
  const texts: Record<string, string> = {};
  const problems = new Map<string, string>();
  for (const name of wanted.names) {
    const given = textOf(env, name);
    const path = wanted.secrets.has(name) ? textOf(env, `${name}_FILE`) : null;
    if (given !== null && path !== null) {
      problems.set(name, `${name} and ${name}_FILE are both set: keep one of them.`);
    } else if (path !== null) {
      const read = readSecret(path, readText);
      if (read.ok) texts[name] = read.text;
      else problems.set(name, `${name}_FILE: ${read.problem}`);
    } else if (given !== null) texts[name] = given;
  }
  return { texts, problems };
}

/** A variable's text without space around it, or null where it is unset or empty. Proxies are known in lower case too. */
function textOf(env: Environment, name: string): string | null {
  const text = env[name] ?? (name.endsWith('_PROXY') ? env[name.toLowerCase()] : undefined);
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function readSecret(path: string, readText: ReadText): { ok: true; text: string } | { ok: false; problem: string } {
  try {
    const text = readText(path).trim();
    return text === '' ? { ok: false, problem: `the file ${path} is empty.` } : { ok: true, text };
  } catch (error) {
    return { ok: false, problem: `the file cannot be read (${messageOf(error)}).` };
  }
}
