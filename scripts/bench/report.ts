import { cpus } from 'node:os';
import type { Spread } from './rounds.js';

export interface Machine {
  readonly node: string;
  readonly cpus: { readonly count: number; readonly model: string };
  readonly mongod: string | null;
}

/** Outcome of one benchmark: the last line it prints (CONTRACT section 4). */
export interface BenchReport {
  readonly name: string;
  /** Of the figures in `candidates`. */
  readonly unit: string;
  readonly rounds: number;
  readonly candidates: Readonly<Record<string, Spread>>;
  /** Null where there is nothing to compare with. */
  readonly ratios: { readonly oursToFloor: number | null; readonly oursToPeer: number | null };
  readonly checks: Readonly<Record<string, number>>;
  /** The goal in words. */
  readonly goal: string;
  readonly ok: boolean;
  readonly machine: Machine;
}

export interface BenchDeps {
  /** Progress in words, for people. */
  readonly say: (line: string) => void;
  /** What was given after the name. */
  readonly args: readonly string[];
  /** PATH and MONGOD_BINARY of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when nobody wants the answer any more: the database is ended, and what worked on it with it. */
  readonly signal: AbortSignal;
}

/** One benchmark of the table. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(deps: BenchDeps): Promise<BenchReport>;
}

export function machineWith(mongod: string | null): Machine {
  const processors = cpus();
  return {
    node: process.version,
    cpus: { count: processors.length, model: processors[0]?.model.trim() ?? 'unknown' },
    mongod,
  };
}

/** The medians' ratio to three digits, null where one is missing. */
export function ratioOf(ours: Spread | undefined, other: Spread | undefined): number | null {
  return ours === undefined || other === undefined ? null : Number((ours.median / other.median).toFixed(3));
}

/** For people: one line a candidate, then ratios, checks and the goal. */
export function linesOf(report: BenchReport): readonly string[] {
  const figure = (value: number) => Math.round(value).toLocaleString('en').padStart(9);
  const candidates = Object.entries(report.candidates).map(
    ([name, spread]) =>
      `  ${name.padEnd(6)} ${figure(spread.median)}  (${figure(spread.min)} …${figure(spread.max)}) ${report.unit}`,
  );
  const facts = Object.entries({ ...report.ratios, ...report.checks }).map(
    ([name, value]) => `${name} ${value ?? '-'}`,
  );
  const verdict = report.ok ? 'reached' : 'MISSED';
  return [
    `${report.name}: median of ${report.rounds} rounds`,
    ...candidates,
    `  ${facts.join(', ')}`,
    `  goal ${verdict}: ${report.goal}`,
  ];
}
