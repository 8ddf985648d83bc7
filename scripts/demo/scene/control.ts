import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS } from '../../../src/kernel/clock.js';

const changeSchema = z.object({ at: z.string(), id: z.string() });

/** What happens in the simulated world, through the simulator's control address. */
export interface Control {
  /** Changes something; `path` without `/_control`. */
  change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<{ at: string; id: string }>;
  items<T>(schema: z.ZodType<T>, path: string): Promise<readonly T[]>;
}

export function createControl(address: string, signal: AbortSignal): Control {
  return {
    change: async (method, path, body) => changeSchema.parse(await ask(method, path, body)),
    items: async (schema, path) => z.object({ items: z.array(schema) }).parse(await ask('GET', path)).items,
  };

  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${address}${path}`, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(10 * SECOND_MS)]),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new AppError('control_refused', `Control ${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
