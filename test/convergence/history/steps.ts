import { createSeededRandom, type SeededRandom } from '../../../src/simulator/world/seeded-random.js';

/** What happens in the directory. */
export const EDITS = [
  ...['field', 'field', 'field', 'mail', 'swap', 'sameMail', 'noMail', 'disable', 'disable', 'enable', 'enable'],
  ...[
    'delete',
    'restore',
    'restore',
    'purge',
    'hire',
    'hire',
    'join',
    'join',
    'join',
    'leave',
    'leave',
    'move',
    'move',
  ],
  ...['nest', 'unnest', 'guest', 'dropGroup'],
] as const;
/** What people do in GetHomeSafe. */
export const ACTS = [
  'typePhone',
  'typePhone',
  'joinByHand',
  'archive',
  'manualPerson',
  'outside',
  'back',
  'decide',
  'sync',
  'rules',
  'pause',
  'pause',
  'map',
  'unmap',
  'undoPerson',
  'undoRun',
] as const;
/** What happens in calendars, and to activities. */
export const EVENTS = [
  'single',
  'single',
  'series',
  'change',
  'change',
  'shift',
  'shift',
  'cancel',
  'wholeSeries',
  'mailbox',
  'zone',
  'start',
  'finish',
] as const;
export const FAULTS = [
  ...['loss', 'repetition', 'reordering', 'delay', 'throttling', 'serverError', 'reset', 'lostAnswer', 'truncation'],
  ...[
    'expiredToken',
    'resetToken',
    'missed',
    'removed',
    'reauthorization',
    'lag',
    'clockJump',
    'clocksApart',
    'crash',
    'secondInstance',
  ],
] as const;
export type Fault = (typeof FAULTS)[number];

export type Step =
  | {
      readonly do: 'edit';
      readonly what: string;
      readonly picks: readonly number[];
      /** In the middle of work that is under way then: at the so-manieth operation from now on. */
      readonly midway: number | null;
    }
  | { readonly do: 'act'; readonly what: string; readonly picks: readonly number[] }
  | { readonly do: 'event'; readonly what: string; readonly picks: readonly number[] }
  | { readonly do: 'fault'; readonly what: Fault; readonly picks: readonly number[] }
  | { readonly do: 'wait'; readonly ms: number };

/** Edits, among them what people do and what happens in calendars, and faults of which at least one is a crash. */
const NUMBERS = { edits: 22, acts: 9, events: 10, faults: 7, waits: 24 };
const WAITS_MS = [200, 200, 400, 1_000, 1_000, 3_000, 12_000, 30_000, 65_000, 300_000] as const;

/** Faults by which Graph does not tell of something, or tells it wrongly. */
const KEEPS_QUIET: ReadonlySet<Fault> = new Set(['loss', 'lag', 'removed']);

/** Whether Graph tells of everything, so that no catch-up is needed to bring everything in step. */
export function tellsAll(steps: readonly Step[]): boolean {
  return !steps.some((step) => step.do === 'fault' && KEEPS_QUIET.has(step.what));
}

/** What happens in a history, from its seed alone. What there is nothing to do it to does nothing. */
export function stepsOf(seed: string): Step[] {
  const random = createSeededRandom(`steps ${seed}`);
  const picks = () => [random.below(10_000), random.below(10_000), random.below(10_000)];
  const some = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  const one = <T extends string>(list: readonly T[]) => list[random.below(list.length)] as T;
  const faults = new Set<Fault>(['crash']);
  while (faults.size < NUMBERS.faults) faults.add(one(FAULTS));
  return shuffled(
    [
      ...some(
        NUMBERS.edits,
        (): Step => ({
          do: 'edit',
          what: one(EDITS),
          picks: picks(),
          midway: random.below(3) > 0 ? null : random.below(90),
        }),
      ),
      ...some(NUMBERS.acts, (): Step => ({ do: 'act', what: one(ACTS), picks: picks() })),
      ...some(NUMBERS.events, (): Step => ({ do: 'event', what: one(EVENTS), picks: picks() })),
      ...[...faults].map((what): Step => ({ do: 'fault', what, picks: picks() })),
      ...some(NUMBERS.waits, (): Step => ({ do: 'wait', ms: WAITS_MS[random.below(WAITS_MS.length)] ?? 0 })),
    ],
    random,
  );
}

function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.below(left.length), 1));
}
