import { watchTraffic } from '../machine/traffic.js';
import { playMany } from './play-many.js';

/** `child.ts URI SEED LANES`: asks its parent for one history after the other, and tells what became of each. */
async function main(uri: string, seed: string, lanes: number): Promise<void> {
  const restore = watchTraffic();
  // Its parent is gone, or was told to stop.
  process.on('disconnect', () => process.exit(1));
  const waiting: ((index: number | null) => void)[] = [];
  process.on('message', (index: number | null) => waiting.shift()?.(index));
  const next = () =>
    new Promise<number | null>((resolve) => {
      waiting.push(resolve);
      process.send?.({ wants: true });
    });
  const uriOf = (lane: number) => uri.replace('/gethomesafe?', `/convergence-${process.pid}-${lane}?`);
  await playMany({ lanes, seed, uriOf, next, told: (history) => process.send?.({ history }) });
  restore();
  // Whoever was killed in a history still waits for what never comes.
  process.exit(0);
}

const [uri = '', seed = '', lanes = ''] = process.argv.slice(2);
void main(uri, seed, Number(lanes));
