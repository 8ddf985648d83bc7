import { createBudget, plannedUnitsPer10s } from '../../../src/graph/budget.js';
import { createGraph } from '../../../src/graph/create-graph.js';
import type { GraphConfig } from '../../../src/graph/graph-config.js';
import { createTokens } from '../../../src/graph/tokens/tokens.js';
import type { TenantGraph } from '../../../src/graph/types.js';
import { systemChance } from '../../../src/kernel/chance.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics, type Metrics } from '../../../src/kernel/metrics.js';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../src/simulator/server/start-simulator.js';
import type { Tenant } from '../../../src/simulator/world/types.js';

export const quiet = createLog('silent');

export interface Scene {
  readonly simulator: Simulator;
  readonly config: GraphConfig;
  readonly clock: Clock & { readonly slept: number[] };
  readonly tenant: Tenant;
  readonly graph: TenantGraph;
  /** The same tenant as somebody else of this process sees it. */
  readonly beside: TenantGraph;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** The real client and MSAL against the simulator, on the simulator's clock; a sleep moves that clock on. */
export async function startScene(options: SimulatorOptions & { unitsPer10s?: number } = {}): Promise<Scene> {
  const simulator = await startSimulator(options);
  const [tenant] = simulator.world.tenants.values();
  if (tenant === undefined) throw new Error('the simulator has no tenant');
  const { url, clientId, clientSecret } = simulator;
  const credential = { kind: 'secret', secret: clientSecret } as const;
  const config: GraphConfig = { clientId, credential, authorityHost: url, graphBaseUrl: url };
  const clock = simulatedClock(simulator);
  const deps = { config, clock, log: quiet };
  const metrics = createMetrics();
  const tokens = createTokens(deps);
  const graph = createGraph({ ...deps, tokens, chance: systemChance, metrics });
  const budget = createBudget({ clock, resourceUnitsPer10s: options.unitsPer10s ?? plannedUnitsPer10s(1_000) });
  const close = () => simulator.close();
  const seen = () => graph.forTenant(tenant.id, { budget });
  return { simulator, config, clock, tenant, graph: seen(), beside: seen(), metrics, close };
}

function simulatedClock(simulator: Simulator): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  const nowMs = () => simulator.world.clock.nowMs();
  return {
    slept,
    nowMs,
    now: () => new Date(nowMs()),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      simulator.world.clock.advance(ms);
    },
  };
}

/** Everything an async iterable gives. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of iterable) found.push(one);
  return found;
}
