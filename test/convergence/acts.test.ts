import { openLane } from './history/stage.js';
import type { Step } from './history/steps.js';
import { stepsOf } from './history/steps.js';
import { watchTraffic } from './machine/traffic.js';
import { playOne } from './runner/play-many.js';

/** Histories that are about one thing each, so that a broken rule about it is noticed soon (`npm run test:mutants`). */
const ABOUT: Readonly<Record<string, Partial<Record<Step['do'], readonly string[]>>>> = {
  undo: {
    act: ['undoPerson', 'undoRun', 'typePhone', 'undoPerson'],
    edit: ['field', 'field', 'mail'],
  },
  mapping: { act: ['map', 'unmap', 'sync', 'map'] },
  pauses: { act: ['pause', 'archive', 'joinByHand'], edit: ['field', 'join', 'leave', 'hire'] },
  mailboxes: { event: ['single', 'series', 'mailbox', 'wholeSeries', 'zone', 'single', 'shift'], act: ['outside'] },
  clocks: { fault: ['clocksApart', 'crash', 'secondInstance', 'crash'], edit: ['field', 'field', 'join', 'leave'] },
};
const EACH = 2;

let restore: () => void;

beforeAll(() => {
  restore = watchTraffic();
});
afterAll(() => restore());

test.each(Object.keys(ABOUT))(
  'histories about %s hold',
  async (name) => {
    const server = process.env['GHS_TEST_MONGODB_URI'] ?? '';
    const lane = await openLane(server.replace('/gethomesafe?', `/convergence-${process.pid}-${name}?`));
    try {
      for (let index = 0; index < EACH; index += 1) {
        const seed = `${name}.${index}`;
        expect((await playOne(lane, seed, about(name, seed))).broken).toBeNull();
      }
    } finally {
      await lane.close();
    }
  },
  300_000,
);

/** The steps of the seed; those of the kinds that are named do what is listed, one after the other. */
function about(name: string, seed: string): Step[] {
  const done = new Map<string, number>();
  return stepsOf(seed).map((step) => {
    const list = ABOUT[name]?.[step.do];
    if (!list) return step;
    const place = done.get(step.do) ?? 0;
    done.set(step.do, place + 1);
    return { ...step, what: list[place % list.length] } as Step;
  });
}
