import { messageOf } from '../../src/kernel/app-error.js';
import { endOnSignals } from './end-on-signals.js';
import { refuseUnknown } from './options.js';

/** Exit codes of CONTRACT section 1. */
const EXIT = { done: 0, failed: 1, badUsage: 2 };

export interface TrialSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Processes of the trial, to be ended at once when nobody wants to wait any more. */
  readonly children: Set<number>;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Runs a long test from the command line: words go to stderr, its answer is the one line of stdout. */
export async function runTrial<Asked>(trial: {
  readonly usage: string;
  /** Throws where the arguments are not understood. */
  parse(args: readonly string[]): Asked;
  run(asked: Asked, surroundings: TrialSurroundings): Promise<{ readonly ok: boolean }>;
}): Promise<void> {
  const args = process.argv.slice(2);
  const say = (line: string) => console.error(line);
  if (args.includes('--help')) return say(trial.usage);
  const fail = (error: unknown, code: string) => {
    say(messageOf(error));
    console.log(JSON.stringify({ error: { code, message: messageOf(error) } }));
  };
  let asked: Asked;
  try {
    refuseUnknown(args, trial.usage);
    asked = trial.parse(args);
  } catch (error) {
    fail(error, 'bad_usage');
    say(trial.usage);
    process.exit(EXIT.badUsage);
  }
  const stop = new AbortController();
  const children = new Set<number>();
  endOnSignals(() => stop.abort(new Error('Stopped.')), children);
  try {
    const answer = await trial.run(asked, { environment: process.env, children, signal: stop.signal, say });
    console.log(JSON.stringify(answer));
    process.exit(answer.ok ? EXIT.done : EXIT.failed);
  } catch (error) {
    fail(error, 'trial_failed');
    process.exit(EXIT.failed);
  }
}
