import { wholeOption } from '../../scripts/stage/options.js';
import { runTrial } from '../../scripts/stage/run-trial.js';
import { systemChance } from '../../src/kernel/chance.js';
import { MINUTE_MS } from '../../src/kernel/clock.js';
import { failingTests } from '../support/run-jest.js';
import { explore } from './explore.js';

const LIMIT_MS = 30 * MINUTE_MS;
/** Seeds of fast-check are whole numbers of 32 bits. */
const SEEDS = 2 ** 31;

await runTrial({
  usage: `Usage: npm run test:explore -- [--rounds 10]
Tries the properties of test/property with a new seed each round, until one fails. Words go to stderr; the last line of
stdout is one JSON document.`,
  parse: (args) => wholeOption(args, 'rounds', 10),
  run: (rounds, { say, signal }) => {
    const newSeed = () => Math.floor(systemChance.random() * SEEDS);
    const play = async (seed: number) => {
      const env = { PROPERTY_SEED: String(seed) };
      const failed = await failingTests({ tests: ['test/property'], env, limitMs: LIMIT_MS, signal });
      for (const { name, message } of failed) say(`${name}\n${message}`);
      return failed.map(({ name }) => name);
    };
    return explore(rounds, { newSeed, play, say });
  },
});
