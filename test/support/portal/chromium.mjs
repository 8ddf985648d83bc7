import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const INSTALL = 'apt-get install -y --no-install-recommends chromium';
const LIMIT_MS = 5 * 60_000;

/**
 * The browser of the portal's tests: CHROMIUM_PATH, then known names on the PATH. Where there is none it is installed,
 * but only on a machine that is there for tests (CI=true) or as root on Debian; null, with the reason, otherwise.
 */
export function chromium(env = process.env) {
  const found = find(env);
  if (found !== null) return { path: found };
  if (!mayInstall(env)) {
    return { path: null, why: `There is no Chromium. Install it (Debian: ${INSTALL}) or name one by CHROMIUM_PATH.` };
  }
  try {
    process.stderr.write('Installing Chromium for the tests of the portal…\n');
    const options = {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', INSTALL.split(' ').slice(1), options);
  } catch (error) {
    return {
      path: null,
      why: `Chromium could not be installed (${INSTALL}): ${String(error.stderr ?? error.message)}`,
    };
  }
  return { path: find(env), why: `${INSTALL} left no Chromium behind.` };
}

function find(env) {
  if (env.CHROMIUM_PATH) return isProgram(env.CHROMIUM_PATH) ? env.CHROMIUM_PATH : null;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isProgram) ?? null;
}

function mayInstall(env) {
  if (env.CHROMIUM_PATH || !existsSync('/etc/debian_version')) return false;
  return env.CI === 'true' || process.getuid?.() === 0;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
