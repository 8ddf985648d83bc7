import { profileOf } from '../../../../src/graph/wire/call-profile.js';
import { readFailure } from '../../../../src/graph/wire/read-failure.js';
import { configFor } from '../graph-double.js';

const deps = { config: configFor({ url: 'https://graph.microsoft.com' }), nowMs: Date.parse('2026-01-05T09:00:00Z') };

function failureOf(status: number, error: unknown, about: { path?: string; headers?: Record<string, string> } = {}) {
  const answer = { status, headers: about.headers ?? {}, body: { error } };
  return readFailure(deps, answer, profileOf(about.path ?? '/users/x'));
}

test.each([
  [400, 'rejected'],
  [401, 'denied'],
  [403, 'denied'],
  [404, 'not_found'],
  [408, 'unavailable'],
  [409, 'conflict'],
  [410, 'gone'],
  [429, 'throttled'],
  [500, 'unavailable'],
  [503, 'unavailable'],
  [302, 'rejected'],
] as const)('status %d is %s', (status, kind) => {
  expect(failureOf(status, { code: 'X' })).toMatchObject({ kind, status, code: 'X' });
});

test('the deepest known code wins, in any spelling of innerError and of the code', () => {
  const error = { code: 'BadRequest', innererror: { code: 'SYNCSTATENOTFOUND', innerError: { code: 'whatever' } } };
  expect(failureOf(400, error).code).toBe('syncStateNotFound');
});

test('a body without an error still gives a failure', () => {
  expect(readFailure(deps, { status: 502, headers: {}, body: undefined }, profileOf('/users')).code).toBe('http_502');
});

test.each([
  ['no body', undefined],
  ['a page of something on the way', '<html>404 Not Found</html>'],
  ['an answer that was cut off', '{"error":{"code":"Request_Res'],
  ['an error without a code', { error: { message: '' } }],
  ['an error that nobody knows', { error: { code: 'UnknownError', message: '' } }],
])('404 with %s does not say that anything is gone', (_, body) => {
  const of = (path: string) => readFailure(deps, { status: 404, headers: {}, body }, profileOf(path)).kind;
  const people = ['/users/x', '/groups/x', '/directory/deletedItems/x', '/users/x/mailboxSettings'];
  expect([...people, '/subscriptions', '/subscriptions/x'].map(of)).toEqual(Array(6).fill('unavailable'));
});

test.each([302, 307, 400, 405, 413, 451])(
  '%d without words of Graph is no refusal of our request, and is tried again',
  (status) => {
    for (const body of [undefined, '<html>Sign in</html>', { error: { message: 'words' } }]) {
      const { kind, message } = readFailure(deps, { status, headers: {}, body }, profileOf('/users/x'));
      expect({ kind, message }).toEqual({
        kind: 'unavailable',
        message: expect.stringContaining('proxies and firewalls'),
      });
    }
  },
);

test.each([
  [401, 'denied'],
  [409, 'conflict'],
  [410, 'gone'],
] as const)('%d without words of Graph is %s', (status, kind) => {
  expect(readFailure(deps, { status, headers: {}, body: undefined }, profileOf('/users/x')).kind).toBe(kind);
});

test.each([
  ['no body', undefined],
  ['a page of something on the way', '<html>403 Forbidden</html>'],
  ['an error without a code', { error: { message: 'blocked' } }],
])('403 with %s is no refusal of Graph, and sends nobody to grant a permission', (_, body) => {
  for (const path of ['/users/x', '/users/x/mailboxSettings', '/subscriptions']) {
    const { kind, message } = readFailure(deps, { status: 403, headers: {}, body }, profileOf(path));
    expect({ kind, message }).toEqual({
      kind: 'unavailable',
      message: expect.stringContaining('proxies and firewalls'),
    });
    expect(message).not.toContain('Grant');
  }
});

test('a refusal names the permission to grant', () => {
  const failure = failureOf(403, { code: 'Authorization_RequestDenied' }, { path: '/users/x/mailboxSettings' });
  expect(failure.message).toContain('Grant MailboxSettings.Read');
});

test('where Graph could not reach our address, it is said what to look at', () => {
  const { kind, message } = failureOf(400, { code: 'ValidationError' }, { path: '/subscriptions' });
  expect({ kind, message }).toEqual({
    kind: 'rejected',
    message: expect.stringMatching(/NOTIFICATION_URL.*firewalls/),
  });
  expect(message).not.toContain('does not help');
});

test('a location on another host is not kept', () => {
  const at = (location: string) => failureOf(410, { code: 'gone' }, { headers: { location } }).location;
  expect(at('https://graph.microsoft.com/v1.0/users/delta?$deltatoken=')).toContain('/users/delta');
  expect(at('https://evil.example/v1.0/users/delta')).toBeNull();
});

test('a full subscription quota is told from a missing permission', () => {
  const path = '/subscriptions';
  const message = "App 'x' has reached its limit of '100' 'users' subscription on tenant 'y'.";
  expect(failureOf(403, { code: 'Forbidden', message }, { path }).kind).toBe('quota');
  expect(failureOf(403, { code: 'Authorization_RequestDenied', message }, { path }).kind).toBe('denied');
});

test('a retry date in the year 9999 means a full quota and is not obeyed', () => {
  const headers = { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' };
  const failure = failureOf(429, { code: 'ExtensionError' }, { path: '/subscriptions', headers });
  expect(failure).toMatchObject({ kind: 'quota', retryAfterMs: null });
});

test('an expired page means to begin the list again', () => {
  expect(failureOf(400, { code: 'Directory_ExpiredPageToken' }).kind).toBe('gone');
});
