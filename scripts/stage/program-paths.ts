import { fileURLToPath } from 'node:url';

/** Where programs lie, seen from the compiled `dist/scripts/stage`. */
function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

export const SERVICE_PROGRAM = path('../../src/main.js');
/** Of Node, as in `npm start` and the Dockerfile. */
export const SERVICE_FLAGS = ['--max-semi-space-size=16'];
export const GHS_PROGRAM = path('../../src/cli/main.js');
export const RENEW_PROGRAM = path('../../../scripts/renew-subscriptions');
export const MONGOD_CACHE = path('../../../.cache/mongod');
