import { countTakings, exceedsBrake, isHeld, judge, type Taking } from '../../../src/projection/guard.js';

function archives(count: number, teamIds: readonly string[] = []): Taking[] {
  return Array.from({ length: count }, (_, index) => ({ personId: `p${index}`, kind: 'archive', teamIds }));
}

function verdictOn(
  pending: readonly Taking[],
  more: { window?: readonly Taking[]; linked?: number; inTeam?: number } = {},
) {
  return judge({
    linkedCount: more.linked ?? 1000,
    linkedByTeam: new Map([['t', more.inTeam ?? 1000]]),
    window: more.window ?? [],
    pending,
    brakePercent: 25,
  });
}

test.each([
  [4, 4, false],
  [5, 20, false],
  [5, 19, true],
  [25, 100, false],
  [26, 100, true],
  [5, 0, true],
])('%i of %i people are too many: %s', (count, base, tooMany) => {
  expect(exceedsBrake({ count, base, brakePercent: 25 })).toBe(tooMany);
  expect(verdictOn(archives(count), { linked: base }).enterprise.has('archive')).toBe(tooMany);
});

test('what was taken in the last day counts, what is held is only what is pending', () => {
  const others = archives(6).slice(2);
  const verdict = verdictOn(archives(2), { window: others, linked: 20 });
  expect(verdict.enterprise).toEqual(new Set(['archive']));
  expect(verdictOn([], { window: archives(20), linked: 20 }).enterprise).toEqual(new Set());
});

test('somebody who was taken already and is about to be taken again counts once', () => {
  expect(verdictOn(archives(4), { window: archives(4), linked: 4 }).enterprise).toEqual(new Set());
});

test('a brake of 100 % holds nothing, whoever came since the base was counted', () => {
  expect(exceedsBrake({ count: 50, base: 10, brakePercent: 100 })).toBe(false);
});

test('each kind is judged for itself', () => {
  const clears = archives(4).map((taking) => ({ ...taking, kind: 'clear' as const }));
  expect(verdictOn([...archives(4), ...clears], { linked: 8 }).enterprise).toEqual(new Set());
});

test('a person counts once for each kind', () => {
  const twice = [...archives(3), ...archives(3)];
  expect(countTakings(twice).enterprise).toEqual({ archive: 3 });
});

test('a small team is guarded within a large enterprise', () => {
  const verdict = verdictOn(archives(6, ['t']), { inTeam: 8 });
  expect(verdict.enterprise.size).toBe(0);
  expect(isHeld(verdict, { kind: 'archive', teamIds: ['other', 't'] })).toBe(true);
  expect(isHeld(verdict, { kind: 'archive', teamIds: ['other'] })).toBe(false);
  expect(isHeld(verdict, { kind: 'clear', teamIds: ['t'] })).toBe(false);
});

test('nothing taken is nothing held', () => {
  const verdict = judge({
    linkedCount: 0,
    linkedByTeam: new Map(),
    window: [],
    pending: [],
    brakePercent: 25,
  });
  expect(verdict).toEqual({ enterprise: new Set(), teams: new Map() });
});
