import { Writable } from 'node:stream';
import { backoffMs } from '../../../src/kernel/backoff.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { normaliseGuid } from '../../../src/kernel/guid.js';
import { groupBy } from '../../../src/kernel/lists.js';
import { createLog } from '../../../src/kernel/log.js';
import { keyId, mac, sameText } from '../../../src/kernel/secrets.js';
import { createStopping } from '../../../src/kernel/stopping.js';

const silent = createLog('silent');

test.each([
  ['{F07A739C-821E-4C82-9DE7-4D8D6225B3F3}', 'f07a739c-821e-4c82-9de7-4d8d6225b3f3'],
  ['  f07a739c-821e-4c82-9de7-4d8d6225b3f3 ', 'f07a739c-821e-4c82-9de7-4d8d6225b3f3'],
  ['contoso.example', null],
  ['f07a739c821e4c829de74d8d6225b3f3', null],
])('the canonical form of the GUID %s is %s', (text, guid) => {
  expect(normaliseGuid(text)).toBe(guid);
});

test('the wait doubles from try to try, up to its bound, and is spread by a fifth', () => {
  const limits = { firstMs: 100, mostMs: 1_000 };
  expect([1, 2, 3, 9].map((attempt) => backoffMs(attempt, limits, () => 0.5))).toEqual([100, 200, 400, 1_000]);
  expect(backoffMs(1, limits, () => 0)).toBe(80);
});

test('a mac depends on the secret and on every character of the text', () => {
  expect(mac('one', 'text')).toHaveLength(22);
  expect(new Set([mac('one', 'text'), mac('two', 'text'), mac('one', 'texu')]).size).toBe(3);
  expect(keyId('one')).toMatch(/^[0-9a-f]{4}$/);
});

test('texts are the same only if every character is', () => {
  expect(sameText('abc', 'abc')).toBe(true);
  expect(sameText('abc', 'abd')).toBe(false);
  expect(sameText('abc', 'abcd')).toBe(false);
});

test('a sleep that is aborted ends at once with the reason', async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
});

test('phases stop in reverse order, a failing or late one does not keep the next from stopping', async () => {
  const stopped: string[] = [];
  const stopping = createStopping(silent);
  stopping.add({ name: 'database', limitMs: 1_000, stop: () => void stopped.push('database') });
  stopping.add({ name: 'late', limitMs: 5, stop: () => new Promise(() => undefined) });
  stopping.add({ name: 'failing', limitMs: 1_000, stop: () => Promise.reject(new Error('no')) });
  stopping.add({ name: 'http', limitMs: 1_000, stop: () => void stopped.push('http') });
  expect(await stopping.stop()).toBe(false);
  expect(stopped).toEqual(['http', 'database']);
});

test('stopping twice stops once', async () => {
  let times = 0;
  const stopping = createStopping(silent);
  stopping.add({
    name: 'one',
    limitMs: 1_000,
    stop: () => {
      times += 1;
    },
  });
  expect(await Promise.all([stopping.stop(), stopping.stop()])).toEqual([true, true]);
  expect(times).toBe(1);
});

test('a log line never shows a client state or a token, even where somebody put one in', () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
  createLog('info', sink).info({ item: { clientState: 'v1.secret', access_token: 'ey' } }, 'x');
  expect(lines.join()).not.toMatch(/v1\.secret|"ey"/);
});

test('items are grouped by key in the order they came', () => {
  expect([...groupBy([1, 2, 3], (n) => n % 2)]).toEqual([
    [1, [1, 3]],
    [0, [2]],
  ]);
});
