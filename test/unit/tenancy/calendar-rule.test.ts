import { DEFAULT_CALENDAR_RULE } from '../../../src/projection/calendar/default-calendar-rule.js';
import { checked } from '../../../src/tenancy/checked-input.js';
import { calendarRuleSchema } from '../../../src/tenancy/settings/calendar-rule.js';

const read = (rule: unknown) => checked(calendarRuleSchema, rule);

test('a rule that says nothing is the default one', () => {
  expect(read({})).toEqual(DEFAULT_CALENDAR_RULE);
});

test('what a rule says is kept, and its words are tidied', () => {
  const said = { include: 'category', values: ['  Field \n work '], minMinutes: 0, allDay: true, online: 'never' };
  expect(read(said)).toEqual({ ...DEFAULT_CALENDAR_RULE, ...said, values: ['Field work'] });
});

test.each([
  [{ include: 'some' }, 'include is not on offer: give all_busy or category or keyword.'],
  [{ include: 'keyword' }, 'values is empty: give at least one keyword that an event must have.'],
  [{ include: 'category', values: [] }, 'values is empty: give at least one category that an event must have.'],
  [{ values: [' '] }, 'values.0 is empty: give a category or a keyword.'],
  [{ values: ['x'.repeat(101)] }, 'values.0 is too long: at most 100 characters.'],
  [{ values: Array(51).fill('x') }, 'values has too many entries: at most 50.'],
  [{ values: 'x' }, 'values is no list: give categories or keywords.'],
  [{ showAs: [] }, 'showAs is empty: give at least one of free, tentative, busy, oof, workingElsewhere, unknown.'],
  [
    { showAs: ['away'] },
    'showAs.0 is not on offer: give one of free, tentative, busy, oof, workingElsewhere, unknown.',
  ],
  [{ minMinutes: 61, maxMinutes: 60 }, 'minMinutes is more than maxMinutes (60): no event could be both.'],
  [{ minMinutes: 1.5 }, 'minMinutes is no whole number from 0 to 89280.'],
  [{ maxMinutes: 89_281 }, 'maxMinutes is no whole number from 0 to 89280.'],
  [{ private: 'yes' }, 'private is neither on nor off: give true or false.'],
  [{ online: 'perhaps' }, 'online is not on offer: give any or only or never.'],
  [{ colour: 'blue' }, 'colour is no setting.'],
])('a rule with %j is refused: %s', (rule, message) => {
  expect(() => read(rule)).toThrow(expect.objectContaining({ code: 'invalid_input', message }));
});

test('as many and as long words as are allowed are taken', () => {
  const values = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(100, 'x'));
  expect(read({ include: 'keyword', values }).values).toEqual(values);
});
