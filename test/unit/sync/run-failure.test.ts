import { GraphFailure, type GraphFailureDetails } from '../../../src/graph/graph-failure.js';
import { TokenFailure, type TokenFailureKind } from '../../../src/graph/tokens/token-failure.js';
import { runFailureOf } from '../../../src/sync/admission/run-failure.js';

test.each<[GraphFailureDetails, string]>([
  [{ kind: 'denied', status: 403 }, 'permission_denied'],
  [{ kind: 'denied', status: 401 }, 'app_not_consented'],
  [{ kind: 'throttled', status: 429 }, 'throttled'],
  [{ kind: 'quota', status: 403 }, 'throttled'],
  [{ kind: 'unavailable', code: 'network' }, 'network'],
  [{ kind: 'unavailable', code: 'timeout' }, 'timeout'],
  [{ kind: 'unavailable', status: 503 }, 'network'],
  [{ kind: 'unavailable', status: 504 }, 'timeout'],
  [{ kind: 'unavailable', status: 408 }, 'timeout'],
  [{ kind: 'unavailable', status: 200, code: 'not_json' }, 'network'],
  [{ kind: 'rejected', status: 400 }, 'internal'],
  [{ kind: 'not_found', status: 404 }, 'internal'],
  [{ kind: 'gone', status: 410 }, 'internal'],
  [{ kind: 'conflict', status: 409 }, 'internal'],
])('S31: Graph failing as %j ends a run as %s', (details, code) => {
  expect(runFailureOf(new GraphFailure('What to do.', details))).toMatchObject({
    code,
    message: expect.stringContaining('What to do.'),
  });
});

test.each<[TokenFailureKind, string, string]>([
  ['tenant_not_found', 'AADSTS90002', 'tenant_not_found'],
  ['app_not_consented', 'AADSTS700016', 'app_not_consented'],
  ['app_disabled', 'AADSTS7000112', 'subscription_inactive'],
  ['access_blocked', 'AADSTS53003', 'permission_denied'],
  ['throttled', 'AADSTS50196', 'throttled'],
  ['unreachable', 'network_error', 'network'],
  ['unreachable', 'timeout', 'timeout'],
  ['secret_wrong', 'AADSTS7000215', 'internal'],
  ['secret_expired', 'AADSTS7000222', 'internal'],
  ['certificate_wrong', 'AADSTS700027', 'internal'],
  ['rejected', 'AADSTS70011', 'internal'],
])('S31: no token because of %s (%s) ends a run as %s', (kind, number, code) => {
  const cause = new TokenFailure(kind, { code: number });
  const failure = new GraphFailure(cause.message, { kind: 'denied', code: kind, cause });
  expect(runFailureOf(failure)).toMatchObject({ code, message: expect.stringContaining(number) });
});
