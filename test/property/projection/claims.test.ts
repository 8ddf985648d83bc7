import fc from 'fast-check';
import { type ClaimsInput, type EmailHolder, type Rival, settleClaims } from '../../../src/projection/claims.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const RUNS = { numRuns: 5_000 };

/** People with distinct addresses, newcomers, and holders outside the batch on some of the addresses left over. */
const batch: fc.Arbitrary<ClaimsInput> = fc
  .record({
    held: fc.shuffledSubarray(KEYS, { maxLength: 5 }),
    outside: fc.nat({ max: 3 }),
    wishes: fc.array(fc.constantFrom(...KEYS, null), { minLength: 5, maxLength: 5 }),
    newcomers: fc.array(fc.constantFrom(...KEYS), { maxLength: 3 }),
    rivals: fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('n0', 'l0', 'far-1', 'far-2')), {
      maxLength: 3,
    }),
  })
  .map(({ held, outside, wishes, newcomers, rivals }) => {
    const inside = held.slice(outside);
    const claims = [
      ...inside.map((currentKey, index) => ({
        objectId: `l${index}`,
        recordId: `r${index}`,
        currentKey,
        wantedKey: wishes[index] ?? null,
      })),
      ...newcomers.map((wantedKey, index) => ({ objectId: `n${index}`, recordId: null, currentKey: null, wantedKey })),
    ];
    const holders = new Map<string, EmailHolder>([
      ...inside.map((key, index) => [key, { ...HOLDER, recordId: `r${index}`, linkedObjectId: `l${index}` }] as const),
      ...held.slice(0, outside).map((key, index) => [key, { ...HOLDER, recordId: `outside-${index}` }] as const),
    ]);
    const rivalsByKey = new Map<string, Rival[]>();
    for (const [key, objectId] of rivals) {
      const rival = { objectId, hasRecord: objectId === 'far-2' };
      rivalsByKey.set(key, [...(rivalsByKey.get(key) ?? []), rival]);
    }
    return { claims, holders, rivals: rivalsByKey };
  });

const HOLDER: EmailHolder = { recordId: '', origin: 'manual', linkedObjectId: null, sameEnterprise: true };

test('the order of claims does not matter', () => {
  fc.assert(
    fc.property(
      batch.chain((input) =>
        fc.tuple(fc.constant(input), fc.shuffledSubarray([...input.claims], { minLength: input.claims.length })),
      ),
      ([input, claims]) => {
        expect(settleClaims({ ...input, claims })).toEqual(settleClaims(input));
      },
    ),
    RUNS,
  );
});

test('after the granted moves every address has one holder, and who was refused holds what they held', () => {
  fc.assert(
    fc.property(batch, (input) => {
      const verdicts = settleClaims(input);
      const outside = [...input.holders]
        .filter(([, { linkedObjectId }]) => linkedObjectId === null)
        .map(([key]) => key);
      const inside = input.claims.flatMap(({ objectId, currentKey, wantedKey }) => {
        const granted = verdicts.get(objectId)?.outcome === 'granted';
        return (granted ? (wantedKey ?? currentKey) : currentKey) ?? [];
      });
      const all = [...outside, ...inside];
      expect(all).toHaveLength(new Set(all).size);
    }),
    RUNS,
  );
});

test('nobody is refused for a holder who moves away', () => {
  fc.assert(
    fc.property(batch, (input) => {
      const verdicts = settleClaims(input);
      const staying = new Set(
        [...input.holders].flatMap(([key, { linkedObjectId }]) => {
          const claim = input.claims.find(({ objectId }) => objectId === linkedObjectId);
          const moves =
            claim &&
            claim.wantedKey !== null &&
            claim.wantedKey !== key &&
            verdicts.get(claim.objectId)?.outcome === 'granted';
          return moves ? [] : [key];
        }),
      );
      for (const { objectId, wantedKey } of input.claims) {
        const verdict = verdicts.get(objectId);
        if (verdict?.outcome === 'refused' && verdict.refusal.code === 'duplicate_email')
          expect(staying).toContain(wantedKey);
      }
    }),
    RUNS,
  );
});
