import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.js';

const FIRST = {
  '@odata.etag': 'W/"1"',
  id: 'AAMk=',
  iCalUId: 'uid-1',
  type: 'singleInstance',
  subject: 'Visit the mill',
  body: { contentType: 'html', content: 'Not for us' },
  start: { dateTime: '2026-09-28T09:00:00.0000000', timeZone: 'New Zealand Standard Time' },
  end: { dateTime: '2026-09-28T10:00:00.0000000', timeZone: 'New Zealand Standard Time' },
  isAllDay: false,
  showAs: 'busy',
  sensitivity: 'normal',
  isCancelled: false,
  isOrganizer: true,
  responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
};
const SECRET = { ...FIRST, id: 'secret', subject: 'Doctor', sensitivity: 'private' };
const NOW = ['--now', '2026-09-20T12:00:00Z'];

async function preview(page: unknown, { rule, zone = 'Pacific/Auckland' }: { rule?: unknown; zone?: string } = {}) {
  const ruleGiven = rule === undefined ? [] : ['--rule', await jsonFile(rule)];
  return ghs('--file', await jsonFile(page), '--zone', zone, ...NOW, ...ruleGiven, '--json');
}

async function ghs(...argv: string[]) {
  let stdout = '';
  const code = await runCli(['calendar', 'preview', ...argv], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => {} },
    env: {},
  });
  return { code, stdout, document: () => JSON.parse(stdout) };
}

async function jsonFile(content: unknown): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ghs-calendar-')), 'file.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('each event is shown with its instants and what speaks against it, without any database', async () => {
  const { code, document } = await preview({ '@odata.nextLink': 'https://graph.example/more', value: [FIRST, SECRET] });
  expect(code).toBe(0);
  const times = { start: '2026-09-27T20:00:00.000Z', finish: '2026-09-27T21:00:00.000Z' };
  expect(document()).toEqual({
    events: [
      { id: 'AAMk=', activity: true, ...times, name: 'Visit the mill', reasons: [] },
      { id: 'secret', activity: false, ...times, name: 'Private appointment', reasons: ['private'] },
    ],
  });
});

test('a rule says what counts, and what it leaves out is as by default', async () => {
  const rule = { include: 'keyword', values: ['dam'], private: true };
  const { document } = await preview({ value: [FIRST, { ...FIRST, subject: 'The dam' }] }, { rule });
  expect(document().events.map(({ reasons }: { reasons: string[] }) => reasons)).toEqual([['rule'], []]);
});

test('an event that cannot be read is shown with what is wrong with it, beside the others', async () => {
  const page = {
    value: [
      { ...FIRST, start: { dateTime: '2026-09-28T09:00:00', timeZone: 'Mars' } },
      { ...FIRST, isAllDay: 'no' },
      { ...FIRST, type: 'seriesMaster' },
      { ...FIRST, id: undefined },
      'nonsense',
      FIRST,
    ],
  };
  const { code, document } = await preview(page);
  expect(code).toBe(0);
  const { events } = document();
  const unread = { activity: false, start: null, finish: null, name: null, reasons: [] };
  expect(events.slice(0, -1)).toEqual([
    { id: 'AAMk=', ...unread, problem: 'start.timeZone "Mars" is not known' },
    { id: 'AAMk=', ...unread, problem: 'isAllDay is neither true nor false' },
    { id: 'AAMk=', ...unread, problem: expect.stringContaining('master of a series') },
    { id: null, ...unread, problem: 'id is missing' },
    { id: null, ...unread, problem: 'is no event' },
  ]);
  expect(events.at(-1)).toMatchObject({ activity: true });
});

test('for people it is a table', async () => {
  const { stdout } = await ghs('--file', await jsonFile({ value: [SECRET] }), '--zone', 'UTC', ...NOW);
  expect(stdout).toContain('Private appointment  private\n');
});

test.each([
  [{ value: [] }, { zone: 'Nowhere/At_All' }, 'zone'],
  [{ value: [] }, { zone: '+13:00' }, 'zone'],
  ['{"value":', {}, 'file'],
  [{ events: [] }, {}, 'page.value'],
  [[FIRST], {}, 'page'],
  [{ value: [] }, { rule: '{' }, 'rule'],
  [{ value: [] }, { rule: [] }, 'rule'],
  [{ value: [] }, { rule: { minMinutes: 90, maxMinutes: 60 } }, 'rule.minMinutes'],
  [{ value: [] }, { rule: { showAs: ['away'] } }, 'rule.showAs.0'],
  [{ value: [] }, { rule: { colour: 'blue' } }, 'rule.colour'],
])('%j with %j is bad usage that names %s', async (page, options, field) => {
  const { code, document } = await preview(page, options);
  expect(code).toBe(2);
  expect(document()).toEqual({ error: { code: expect.any(String), field, message: expect.any(String) } });
});
