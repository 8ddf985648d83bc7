import { fileURLToPath } from 'node:url';

/** Where programs lie, seen from the compiled `dist/scripts/stage`. */
function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

export const SERVICE_PROGRAM = path('../../src/main.js');
export const GHS_PROGRAM = path('../../src/cli/main.js');
export const RENEW_PROGRAM = path('../../../scripts/renew-subscriptions');
export const MONGOD_CACHE = path('../../../.cache/mongod');
