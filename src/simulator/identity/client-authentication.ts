import { X509Certificate } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { isGuid } from '../../kernel/guid.js';
import { sameText } from '../../kernel/secrets.js';
import type { IdentityAnswer, IdentityContext } from './identity-context.js';
import { tokenError } from './token-error.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Entra allows five minutes between clocks; MSAL rounds `nbf` up to the next second. */
const CLOCK_TOLERANCE_SECONDS = 300;
const headerSchema = z.object({ 'x5t#S256': z.string().optional(), x5t: z.string().optional() });
const claimsSchema = z.object({ jti: z.string(), exp: z.number(), iss: z.string(), sub: z.string() });

/** How the application proved itself: the value of `appidacr`, "1" a secret, "2" a certificate. */
export interface AuthenticatedClient {
  readonly kind: 'client';
  readonly method: '1' | '2';
}

/** Checks the client id with its secret or certificate assertion. */
export function authenticateClient(
  context: IdentityContext,
  form: URLSearchParams,
  tokenEndpoint: string,
): AuthenticatedClient | IdentityAnswer {
  const { application } = context.world;
  const clientId = form.get('client_id');
  if (clientId === null) return missing(context, 'client_id');
  if (clientId.toLowerCase() !== application.clientId) {
    return tokenError(context, 700038, `${clientId} is not a valid application identifier.`);
  }
  const assertion = form.get('client_assertion');
  if (assertion !== null)
    return checkAssertion(context, { assertion, type: form.get('client_assertion_type'), tokenEndpoint });
  const secret = form.get('client_secret');
  if (secret === null) {
    const message = "'client_assertion', 'client_secret' or 'request' is required for this grant type.";
    return tokenError(context, 7000216, message);
  }
  if (sameText(secret, application.clientSecret)) return { kind: 'client', method: '1' };
  if (application.expiredSecrets.includes(secret)) {
    return tokenError(context, 7000222, `The provided client secret keys for app '${clientId}' are expired.`);
  }
  const advice = 'Ensure the secret being sent in the request is the client secret value, not the client secret ID';
  return tokenError(
    context,
    7000215,
    `Invalid client secret provided. ${advice}, for a secret added to app '${clientId}'.`,
  );
}

/** A request without something it needs. */
export function missing(context: IdentityContext, name: string): IdentityAnswer {
  return tokenError(context, 900144, `The request body must contain the following parameter: '${name}'.`);
}

function checkAssertion(
  context: IdentityContext,
  given: { assertion: string; type: string | null; tokenEndpoint: string },
): AuthenticatedClient | IdentityAnswer {
  const { application } = context.world;
  const refuse = (reason: string) =>
    tokenError(context, 700027, `Client assertion failed signature validation. ${reason}`);
  if (given.type !== ASSERTION_TYPE) return missing(context, 'client_assertion_type');
  const decoded = jwt.decode(given.assertion, { complete: true });
  const header = headerSchema.safeParse(decoded?.header);
  const certificate = application.certificates
    .map((pem) => new X509Certificate(pem))
    .find((each) => header.success && header.data['x5t#S256'] === thumbprint(each));
  if (certificate === undefined) return refuse('The key was not found. Register the certificate for the application.');
  const nowMs = context.clock.nowMs();
  try {
    const options = { audience: given.tokenEndpoint, clockTolerance: CLOCK_TOLERANCE_SECONDS };
    const algorithms: jwt.Algorithm[] = ['PS256', 'RS256'];
    const clockTimestamp = Math.floor(nowMs / 1_000);
    const claims = claimsSchema.parse(
      jwt.verify(given.assertion, certificate.publicKey, { ...options, algorithms, clockTimestamp }),
    );
    if (claims.iss !== application.clientId || claims.sub !== application.clientId)
      return refuse('Wrong issuer or subject.');
    for (const [jti, endsAtMs] of context.usedAssertions) if (endsAtMs < nowMs) context.usedAssertions.delete(jti);
    if (!isGuid(claims.jti.toLowerCase()) || context.usedAssertions.has(claims.jti))
      return refuse('The jti was used before.');
    context.usedAssertions.set(claims.jti, claims.exp * 1_000);
    return { kind: 'client', method: '2' };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'Malformed.');
  }
}

/** Base64url of the SHA-256 over the certificate's DER. */
function thumbprint(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
}
