import type { IdentityAnswer, IdentityContext } from './identity-context.js';

/** OAuth error and status of each AADSTS number (Microsoft, Entra error codes; answers captured from a real tenant). */
const ERRORS = {
  50011: ['invalid_request', 400],
  50126: ['invalid_grant', 400],
  54005: ['invalid_grant', 400],
  65004: ['access_denied', 400],
  70000: ['invalid_grant', 400],
  70003: ['unsupported_grant_type', 400],
  70008: ['invalid_grant', 400],
  70011: ['invalid_scope', 400],
  90002: ['invalid_request', 400],
  90033: ['temporarily_unavailable', 503],
  500011: ['invalid_resource', 400],
  500112: ['invalid_grant', 400],
  501481: ['invalid_grant', 400],
  700016: ['unauthorized_client', 400],
  700027: ['invalid_client', 401],
  700038: ['unauthorized_client', 400],
  900144: ['invalid_request', 400],
  7000215: ['invalid_client', 401],
  7000216: ['invalid_client', 401],
  7000222: ['invalid_client', 401],
} as const satisfies Record<number, readonly [error: string, status: number]>;

export type AadstsNumber = keyof typeof ERRORS;

/** These two carry no `error_uri`, as captured. */
const WITHOUT_ADDRESS = new Set<number>([70003, 700038]);

/** The error answer of the token endpoint. */
export function tokenError(context: IdentityContext, number: AadstsNumber, text: string): IdentityAnswer {
  const [error, status] = ERRORS[number];
  const [traceId, correlationId] = [context.chance.guid(), context.chance.guid()];
  const timestamp = `${new Date(context.clock.nowMs()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trail = `Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`;
  const body = {
    ...{ error, error_description: `AADSTS${number}: ${text} ${trail}`, error_codes: [number], timestamp },
    ...{ trace_id: traceId, correlation_id: correlationId },
    ...(WITHOUT_ADDRESS.has(number) ? {} : { error_uri: `${context.baseUrl()}/error?code=${number}` }),
  };
  return { kind: 'json', status, body };
}
