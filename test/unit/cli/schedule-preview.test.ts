import { runCli } from '../../../src/cli/run-cli.js';

/** Runs `ghs schedule preview --json` with nothing set up. */
async function preview(options: Readonly<Record<string, string>>) {
  let stdout = '';
  const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => {} }, env: {} };
  const code = await runCli(['schedule', 'preview', ...argv, '--json'], io);
  return { code, document: JSON.parse(stdout) };
}

const NIGHTLY = { frequency: 'daily', time: '02:30', zone: 'Pacific/Auckland' };

test.each([
  ['E64: over a gap', NIGHTLY, '2026-09-24T20:00:00Z', ['2026-09-25T14:30', '2026-09-26T14:30', '2026-09-27T13:30']],
  [
    'E65: over a repeated hour',
    NIGHTLY,
    '2026-04-03T00:00:00Z',
    ['2026-04-03T13:30', '2026-04-04T13:30', '2026-04-05T14:30'],
  ],
  [
    'E64: over a gap in Europe',
    { ...NIGHTLY, time: '01:30', zone: 'Europe/London' },
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:30'],
  ],
  [
    'E63: on the 31st',
    { ...NIGHTLY, frequency: 'monthly', 'day-of-month': '31', time: '03:00' },
    '2027-01-15T00:00:00Z',
    ['2027-01-30T14:00', '2027-02-27T14:00', '2027-03-30T14:00', '2027-04-29T15:00'],
  ],
  [
    'E62: weekly is on Sunday unless told',
    { ...NIGHTLY, frequency: 'weekly' },
    '2026-11-16T00:00:00Z',
    ['2026-11-21T13:30'],
  ],
  [
    'E62: monthly is on the 1st unless told',
    { ...NIGHTLY, frequency: 'monthly' },
    '2026-11-16T00:00:00Z',
    ['2026-11-30T13:30'],
  ],
])('ghs schedule preview gives the vectors, %s', async (_name, schedule, from, expected) => {
  const { code, document } = await preview({ ...schedule, from, count: String(expected.length) });
  expect(code).toBe(0);
  expect(document).toEqual({ runs: expected.map((at) => `${at}:00.000Z`) });
});

test('S4: the offer is daily, weekly and monthly, and no others', async () => {
  for (const frequency of ['daily', 'weekly', 'monthly']) {
    expect((await preview({ ...NIGHTLY, frequency })).code).toBe(0);
  }
  const { code, document } = await preview({ ...NIGHTLY, frequency: 'hourly' });
  expect({ code, error: document.error }).toEqual({
    code: 2,
    error: { code: 'bad_usage', field: 'frequency', message: '--frequency is daily, weekly or monthly.' },
  });
});

test.each([
  ['a time zone that does not exist', { zone: 'Mars/Olympus' }, 'zone'],
  ['an offset for a time zone', { zone: '+13:00' }, 'zone'],
  ['25:00', { time: '25:00' }, 'time'],
  ['half past two without its zero', { time: '2:30' }, 'time'],
  ['day 0 of the month', { frequency: 'monthly', 'day-of-month': '0' }, 'dayOfMonth'],
  ['day 32 of the month', { frequency: 'monthly', 'day-of-month': '32' }, 'dayOfMonth'],
  ['day 7 of the week', { frequency: 'weekly', 'day-of-week': '7' }, 'dayOfWeek'],
  ['a day of the week before Sunday', { frequency: 'weekly', 'day-of-week': '-1' }, 'dayOfWeek'],
  ['a date without its time', { from: '2026-01-01' }, 'from'],
  ['no run at all', { count: '0' }, 'count'],
])('bad input, %s: exit code 2, and the error names the field', async (_name, options, field) => {
  const { code, document } = await preview({ ...NIGHTLY, ...options });
  expect(code).toBe(2);
  expect(document.error).toMatchObject({ field, message: expect.stringMatching(/\w/) });
});
