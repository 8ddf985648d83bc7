import { calendarBench } from './calendar/calendar-bench.js';
import { costBench } from './cost/cost-bench.js';
import { burstBench } from './intake/burst-bench.js';
import { intakeBench } from './intake/intake-bench.js';
import { latencyBench } from './latency/latency-bench.js';
import { planBench } from './plan/plan-bench.js';
import { portalBench } from './portal/portal-bench.js';
import { reconcileBench } from './reconcile/reconcile-bench.js';
import { renewalBench } from './renewal/renewal-bench.js';
import type { Bench } from './report.js';

/** Every benchmark there is; the goals are those of the design, section "What good means here". */
export const BENCHES: readonly Bench[] = [
  intakeBench,
  burstBench,
  reconcileBench,
  latencyBench,
  planBench,
  calendarBench,
  renewalBench,
  costBench,
  portalBench,
];
