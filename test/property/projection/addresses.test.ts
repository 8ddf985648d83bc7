import fc from 'fast-check';
import { createAddressWorld } from './address-world.js';

const RUNS = { numRuns: 400 };
const PEOPLE = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const mailOf = (name: string) => `${name}@contoso.com`;
const OWN = PEOPLE.map(mailOf);
const FREE = ['f0', 'f1', 'f2'].map(mailOf);

/** Everybody once, in any order, cut into batches anywhere. */
function batchesOf(people: readonly string[]): fc.Arbitrary<string[][]> {
  const order = fc.shuffledSubarray([...people], { minLength: people.length });
  return fc.tuple(order, fc.array(fc.integer({ min: 1, max: people.length }), { minLength: 1 })).map(([ids, sizes]) => {
    const batches: string[][] = [];
    for (let from = 0, turn = 0; from < ids.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      batches.push(ids.slice(from, from + size));
      from += size;
    }
    return batches;
  });
}

const inStep = Object.fromEntries(PEOPLE.map((id) => [id, mailOf(id)]));

test('E28: every swap, cycle and chain resolves, in whatever batches and order its people are read', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...OWN, ...FREE], { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
      batchesOf(PEOPLE),
      (mails, batches) => {
        const world = createAddressWorld({ people: inStep });
        for (const [index, id] of PEOPLE.entries()) world.setMail(id, mails[index] ?? null);
        for (const batch of batches) world.apply(batch);
        expect(world.emails()).toEqual(Object.fromEntries(PEOPLE.map((id, index) => [id, mails[index]])));
        expect([...world.refused]).toEqual([]);
      },
    ),
    RUNS,
  );
});

test('E28: newcomers come in behind those who move away, whoever of them is read first', () => {
  const newcomers = ['n0', 'n1', 'n2'];
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...OWN, ...FREE, ...['g0', 'g1', 'g2'].map(mailOf)], {
        minLength: PEOPLE.length + newcomers.length,
        maxLength: PEOPLE.length + newcomers.length,
      }),
      batchesOf([...PEOPLE, ...newcomers]),
      (mails, batches) => {
        const world = createAddressWorld({
          people: { ...inStep, ...Object.fromEntries(newcomers.map((id) => [id, null])) },
        });
        const everybody = [...PEOPLE, ...newcomers];
        for (const [index, id] of everybody.entries()) world.setMail(id, mails[index] ?? null);
        for (const batch of batches) world.apply(batch);
        expect(world.emails()).toEqual(Object.fromEntries(everybody.map((id, index) => [id, mails[index]])));
        expect([...world.refused]).toEqual([]);
      },
    ),
    RUNS,
  );
});

const change = fc.tuple(
  fc.constantFrom(...PEOPLE, 'n0', 'n1'),
  fc.constantFrom(...OWN, ...FREE, 'hand@contoso.com', null),
);
const newAndKnown = { ...inStep, n0: null, n1: null };

test('S35: addresses stay unique under any sequence of directory changes, batches and waiters that are told', () => {
  const step = fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    reads: fc.subarray([...PEOPLE, 'n0', 'n1'], { minLength: 1 }),
    drains: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      // The world itself expects after each batch that no address is held twice.
      const world = createAddressWorld({ people: newAndKnown, byHand: ['hand@contoso.com'] });
      for (const { changes, reads, drains } of steps) {
        for (const [id, mail] of changes) world.setMail(id, mail);
        world.apply(reads);
        if (drains) world.drain();
      }
    }),
    RUNS,
  );
});

test('E27: in a run it does not matter in which batches and order people are met', () => {
  const everybody = [...PEOPLE, 'n0', 'n1'];
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 9 }),
      batchesOf(everybody),
      batchesOf(everybody),
      (changes, ...orders) => {
        const [one, other] = orders.map((batches) => {
          const world = createAddressWorld({ people: newAndKnown, byHand: ['hand@contoso.com'] });
          for (const [id, mail] of changes) if (mail !== null) world.setMail(id, mail);
          const rivals = world.rivals();
          for (const batch of batches) world.apply(batch, rivals);
          world.drain();
          return world.emails();
        });
        expect(one).toEqual(other);
      },
    ),
    RUNS,
  );
});
