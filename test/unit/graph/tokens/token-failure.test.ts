import { ClientAuthError, ServerError } from '@azure/msal-node';
import { classifyTokenError } from '../../../../src/graph/tokens/token-failure.js';

function serverError(errorNo: string, errorCode = 'invalid_client', status = 400): ServerError {
  return new ServerError(errorCode, 'correlation', 'AADSTS words', '', errorNo, status);
}

test.each([
  ['90002', 'tenant_not_found'],
  ['700016', 'app_not_consented'],
  ['7000229', 'app_not_consented'],
  ['7000215', 'secret_wrong'],
  ['7000222', 'secret_expired'],
  ['7000112', 'app_disabled'],
  ['53003', 'access_blocked'],
  ['700027', 'certificate_wrong'],
  ['90033', 'unreachable'],
  ['123456', 'rejected'],
] as const)('AADSTS%s is %s', (number, kind) => {
  expect(classifyTokenError(serverError(number), { status: 400, retryAfterMs: null })).toMatchObject({
    kind,
    code: `AADSTS${number}`,
  });
});

test('the rethrow from MSAL’s failure cache, with the numbers as its code, is told as well', () => {
  const cached = new ServerError('7000222 50000', 'correlation', 'words', '');
  expect(classifyTokenError(cached, null)).toMatchObject({ kind: 'secret_expired' });
  expect(classifyTokenError(new ServerError('90033', 'c', 'w', ''), null)).toMatchObject({ kind: 'unreachable' });
});

test('429 is throttled with its Retry-After, whatever the number', () => {
  const answer = { status: 429, retryAfterMs: 9_000 };
  expect(classifyTokenError(serverError('90033'), answer)).toMatchObject({ kind: 'throttled', retryAfterMs: 9_000 });
  expect(classifyTokenError(serverError('', 'x'), answer)).toMatchObject({ kind: 'throttled' });
});

test('no answer, an unreadable one and a broken server are unreachable', () => {
  expect(classifyTokenError(new TypeError('fetch failed'), null).kind).toBe('unreachable');
  expect(classifyTokenError(new ClientAuthError('token_parsing_error', 'c', 'w'), null).kind).toBe('unreachable');
  expect(classifyTokenError(serverError('', 'server_error'), { status: 500, retryAfterMs: null }).kind).toBe(
    'unreachable',
  );
});

test('the message says what to do and never holds what Entra ID wrote', () => {
  const failure = classifyTokenError(serverError('7000215'), null);
  expect(failure.message).toContain('AZURE_CLIENT_SECRET');
  expect(failure.message).not.toContain('AADSTS words');
});
