import { searchWords, soughtWords } from '../../../src/records/search/search-words.js';

const of = (firstName: string | null, lastName: string | null, email: string | null) =>
  searchWords({ firstName, lastName, email });

const isFound = (words: readonly string[], text: string) =>
  soughtWords(text).every((sought) => words.some((word) => word.startsWith(sought)));

describe('a person is found by the beginning of any word', () => {
  const words = of('Aroha', 'Te-Kanawa Māhina', "a.o'brien@field.kiwi.example");

  test.each([
    ...['aro', 'AROHA', 'te-k', 'kana', 'mahina', 'MĀHINA', 'ma\u0304hina', 'mahi aroha', '\0aro\0kana\x04'],
    ...["a.o'b", "o'brien@field", 'brien', 'kiwi', 'field.kiwi.example', '(aroha)'.slice(0, 6), '@field'],
  ])('%s', (text) => expect(isFound(words, text)).toBe(true));

  test.each(['roha', 'aroha kanawas', 'obrien', 'āroham'])('but not by %s', (text) =>
    expect(isFound(words, text)).toBe(false),
  );
});

test('a name of nothing but marks, and no name at all, have no words', () => {
  expect(of('–', ' ', null)).toEqual([]);
  expect(of(null, null, null)).toEqual([]);
  expect(soughtWords(' .-@ ')).toEqual([]);
});

test('what is endless is cut, and found by its beginning all the same', () => {
  const long = `${'a.'.repeat(120)}z@x.example`;
  const words = of('x'.repeat(5_000), null, long);
  expect(words.length).toBeLessThanOrEqual(40);
  expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(64);
  expect(isFound(words, 'x'.repeat(5_000))).toBe(true);
  expect(isFound(words, long)).toBe(true);
});
