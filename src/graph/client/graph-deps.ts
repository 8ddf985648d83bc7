import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { GraphConfig } from '../graph-config.js';
import type { Tokens } from '../tokens/tokens.js';
import type { GraphMetrics } from './graph-metrics.js';
import type { Patience } from './repeated.js';

/** What every call to Graph needs, whatever the tenant. */
export interface GraphDeps {
  readonly config: GraphConfig;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly graphMetrics: GraphMetrics;
  /** For a proxy; default the global fetch. */
  readonly fetch?: typeof fetch;
  /** Real milliseconds for one request; default 30,000 (Microsoft Graph best practices). */
  readonly limitMs?: number;
  readonly patience?: Patience;
}
