import { facts, listAnswer, shown, table } from '../../../src/cli/frame/answer.js';

describe('what people read', () => {
  it('is set in columns that end without space', () => {
    expect(
      table(
        ['id', 'name'],
        [
          ['1', 'Ana'],
          ['22', null],
        ],
      ),
    ).toEqual(['id  name', '1   Ana', '22  -']);
  });

  it('is a word where there is nothing to show', () => {
    expect(table(['id'], [])).toEqual(['None.']);
  });

  it('never lets a name steer the terminal', () => {
    expect(shown('Ana\u001b[31m\nRoot')).toBe('Ana [31m Root');
  });

  it('tells how to go on after a page', () => {
    expect(listAnswer([1], ['one'], 'abc')).toEqual({
      document: { items: [1], next: 'abc' },
      lines: ['one', 'More with --after abc'],
    });
  });

  it('shows instants in UTC, toggles as words and empty values as a dash', () => {
    expect(
      facts([
        ['at', new Date(0)],
        ['on', true],
        ['none', []],
      ]),
    ).toEqual(['at    1970-01-01T00:00:00.000Z', 'on    yes', 'none  -']);
  });
});
