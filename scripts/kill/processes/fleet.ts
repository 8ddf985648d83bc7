import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../../stage/environment.js';
import { freePort } from '../../stage/free-port.js';
import { type ServiceProcess, startServiceProcess } from '../../stage/service-process.js';

/** One process of the service that can be ended and started again, with the same ports and the same log. */
export interface Ship {
  readonly name: string;
  readonly role: 'intake' | 'worker' | 'portal';
  readonly port: number;
  readonly opsPort: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** SIGTERM, and hard when that takes too long. */
  stop(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  sleep(): void;
  wake(): void;
  isRunning(): boolean;
  /** What it logged of taking and losing tenants, oldest first. */
  tenures(): Promise<readonly Tenure[]>;
}

/** A moment in the life of an owner, as its process told it. */
export type Tenure = z.infer<typeof tenureSchema>;

const tenureSchema = z.object({
  event: z.enum(['owner.started', 'owner.lost', 'owner.ended']),
  tenantId: z.string(),
  epoch: z.number(),
});

export interface FleetOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly children: Set<number>;
}

/** Makes a process of the service; nothing is started by that. `settings` is told the port that it got. */
export async function buildShip(
  of: { name: string; role: Ship['role'] },
  settings: (ports: { port: number; opsPort: number }) => Environment,
  { folder, signal, children }: FleetOptions,
): Promise<Ship> {
  const ports = { port: await freePort(), opsPort: await freePort() };
  const environment = { ...settings(ports), ROLES: of.role, LOG_LEVEL: 'info' };
  const logFile = join(folder, `${of.name}.log`);
  let running: ServiceProcess | null = null;
  const send = (signalName: NodeJS.Signals) => running?.send(signalName);
  return {
    ...of,
    ...ports,
    start: async () => {
      if (running !== null) return;
      const started = await startServiceProcess({ environment, logFile, signal });
      running = started;
      children.add(started.pid);
      void started.ended.then(() => {
        children.delete(started.pid);
        if (running === started) running = null;
      });
    },
    kill: async () => running?.kill(),
    stop: async () => {
      // One that sleeps does not hear that it is to end.
      send('SIGCONT');
      await running?.stop();
    },
    sleep: () => send('SIGSTOP'),
    wake: () => send('SIGCONT'),
    isRunning: () => running !== null,
    tenures: () => tenuresIn(logFile),
  };
}

async function tenuresIn(logFile: string): Promise<Tenure[]> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    if (!line.includes('"owner.')) return [];
    const parsed = tenureSchema.safeParse(parsedLine(line));
    return parsed.success ? [parsed.data] : [];
  });
}

/** A process that was killed may leave half a line. */
function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
