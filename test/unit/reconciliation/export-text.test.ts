import { type ExportFormat, exportText } from '../../../src/reconciliation/history/export-text.js';

type Row = Record<string, unknown>;

async function* each(rows: Iterable<Row>): AsyncIterable<Row> {
  yield* rows;
}

async function textOf(format: ExportFormat, rows: Iterable<Row>, columns = ['a', 'b']): Promise<string> {
  let text = '';
  for await (const chunk of exportText({ columns, rows: each(rows) }, format)) text += chunk.text;
  return text;
}

test.each([
  ['=1+1', "'=1+1"],
  ['+64225189900', "'+64225189900"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
])('E42: a cell of text that begins like a formula (%j) gets an apostrophe in front', async (value, cell) => {
  expect(await textOf('csv', [{ a: value, b: 'x' }])).toBe(`a,b\r\n${cell},x\r\n`);
});

test('E42: numbers are numbers, whatever their sign, and what stands in the middle of a text is left alone', async () => {
  const rows = [
    { a: -5, b: 0 },
    { a: 'Ana-Maria', b: "O'Brien = 2" },
  ];
  expect(await textOf('csv', rows)).toBe("a,b\r\n-5,0\r\nAna-Maria,O'Brien = 2\r\n");
});

test('names keep their accents, macrons and emoji', async () => {
  expect(await textOf('csv', [{ a: 'Māia Ngāta', b: 'Zoë 🦊' }])).toContain('Māia Ngāta,Zoë 🦊');
});

test('commas, quotes and line breaks of any kind are quoted as RFC 4180 has it', async () => {
  const rows = [
    { a: 'one, two', b: 'say "hi"' },
    { a: 'line\nbreak', b: 'line\rbreak' },
    { a: 'line\r\nbreak', b: '' },
  ];
  const expected = 'a,b\r\n"one, two","say ""hi"""\r\n"line\nbreak","line\rbreak"\r\n"line\r\nbreak",\r\n';
  expect(await textOf('csv', rows)).toBe(expected);
});

test('nothing is an empty cell, instants end in Z, truth is a word, structure is JSON', async () => {
  const row = { a: null, b: new Date(0), c: false, d: { email: 'a@b.test' }, e: ['m1'], f: undefined };
  const text = await textOf('csv', [row], Object.keys(row));
  const cells = ',1970-01-01T00:00:00.000Z,false,"{""email"":""a@b.test""}","[""m1""]",';
  expect(text).toBe(`a,b,c,d,e,f\r\n${cells}\r\n`);
});

test('a table without rows is a header in CSV and nothing in NDJSON', async () => {
  expect(await textOf('csv', [])).toBe('a,b\r\n');
  expect(await textOf('ndjson', [])).toBe('');
});

test('NDJSON is one document a line, unguarded', async () => {
  const text = await textOf('ndjson', [{ a: '=1', b: 'x\ny' }, { a: 2 }]);
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([{ a: '=1', b: 'x\ny' }, { a: 2 }]);
});

test('rows come in chunks, with one header, and are asked for no faster than they are taken', async () => {
  let asked = 0;
  function* rows() {
    for (asked = 0; asked < 1_200; ) {
      asked += 1;
      yield { a: asked, b: 'x' };
    }
  }
  const sizes: number[] = [];
  let text = '';
  for await (const chunk of exportText({ columns: ['a', 'b'], rows: each(rows()) }, 'csv')) {
    sizes.push(chunk.rows);
    text += chunk.text;
    expect(asked).toBeLessThanOrEqual(sizes.length * 500);
  }
  expect(sizes).toEqual([500, 500, 200]);
  const lines = text.trimEnd().split('\r\n');
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([1_201, 'a,b', '1200,x']);
});
