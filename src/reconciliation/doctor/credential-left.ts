import { X509Certificate } from 'node:crypto';
import { DAY_MS } from '../../kernel/clock.js';

/** What proves this installation to Entra ID, and what opens rich notifications. */
export interface OwnCredential {
  /** PEM text of the certificate; null: a client secret. */
  readonly certificate: string | null;
  /** When the client secret ends, as somebody has entered it: Entra ID does not tell. */
  readonly secretExpiresAt: Date | null;
  /** PEM texts with the certificates that rich notifications are encrypted for. */
  readonly notificationCertificates: readonly string[];
}

/** So long before the end it is time to make a new one. Our choice. */
const SOON_DAYS = 30;

/** How many days GetHomeSafe's own credential is left; throws with what to do where it ends soon. */
export function credentialLeft(credential: OwnCredential, now: Date): string {
  const { certificate, secretExpiresAt } = credential;
  const ends = credentialEnds(credential).map(({ of, at }) => ({
    of,
    days: Math.floor((at.getTime() - now.getTime()) / DAY_MS),
  }));
  const said = ends.map(({ of, days }) => (days < 0 ? `the ${of} has ended` : `${of}: ${days} days left`));
  if (ends.some(({ days }) => days < SOON_DAYS)) {
    throw new Error(`${said.join('; ')}. Operators of GetHomeSafe: make a new one and set it before it ends.`);
  }
  if (certificate !== null || secretExpiresAt !== null) return said.join('; ');
  const unknown = 'the end of the client secret is not known: set AZURE_CLIENT_SECRET_EXPIRES to see its days here';
  return [unknown, ...said].join('; ');
}

/** What there is, with its end; a client secret whose end nobody has entered is not in it. */
export function credentialEnds(credential: OwnCredential): { readonly of: string; readonly at: Date }[] {
  const { certificate, secretExpiresAt, notificationCertificates } = credential;
  return [
    ...(certificate === null ? [] : [{ of: 'client certificate', at: endOf(certificate) }]),
    ...(secretExpiresAt === null ? [] : [{ of: 'client secret', at: secretExpiresAt }]),
    ...notificationCertificates.map((pem) => ({ of: 'notification certificate', at: endOf(pem) })),
  ];
}

function endOf(pem: string): Date {
  return new Date(new X509Certificate(pem).validTo);
}
