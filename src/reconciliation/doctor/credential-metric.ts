import { Gauge } from 'prom-client';
import { type Clock, DAY_MS } from '../../kernel/clock.js';
import type { Metrics } from '../../kernel/metrics.js';
import { credentialEnds, type OwnCredential } from './credential-left.js';

/** Shows how many days each credential of ours is left; of several certificates the one that ends first. */
export function measureCredential({ metrics, clock }: { metrics: Metrics; clock: Clock }, own: OwnCredential): void {
  const ends = credentialEnds(own);
  new Gauge({
    name: 'credential_left_days',
    help: 'Days until our secret or certificate ends; absent where the end of the client secret was not entered',
    labelNames: ['of'],
    registers: [metrics],
    collect() {
      this.reset();
      for (const of of new Set(ends.map((each) => each.of))) {
        const first = Math.min(...ends.filter((each) => each.of === of).map(({ at }) => at.getTime()));
        this.set({ of: of.replace(' ', '_') }, (first - clock.nowMs()) / DAY_MS);
      }
    },
  });
}
