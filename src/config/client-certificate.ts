import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { messageOf } from '../kernel/app-error.js';
import type { AzureCredential } from './config.js';
import type { ReadText } from './environment-texts.js';

export type ReadCertificate =
  | { readonly ok: true; readonly credential: AzureCredential }
  | { readonly ok: false; readonly problem: string };

const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )?PRIVATE KEY-----/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/**
 * Reads and checks the file of AZURE_CLIENT_CERTIFICATE_PATH: a PEM with one RSA private key and its certificate,
 * which comes first where there is a chain. Entra ID would refuse a wrong one only at the first token.
 */
export function readClientCertificate(path: string, now: Date, readText: ReadText): ReadCertificate {
  let pem: string;
  try {
    pem = readText(path);
  } catch (error) {
    return { ok: false, problem: `the file cannot be read (${messageOf(error)}).` };
  }
  const { privateKey, certificate } = pemParts(pem);
  if (privateKey === null || certificate === null) {
    const missing = privateKey === null ? 'private key' : 'certificate';
    return { ok: false, problem: `no ${missing} in it: give one PEM file with the private key and the certificate.` };
  }
  const problem = problemOf(privateKey, certificate, now);
  return problem === null
    ? { ok: true, credential: { kind: 'certificate', privateKey, certificate } }
    : { ok: false, problem };
}

/** The private key and the first certificate in a PEM text, each with its BEGIN and END; null where there is none. */
export function pemParts(pem: string): { readonly privateKey: string | null; readonly certificate: string | null } {
  return { privateKey: PRIVATE_KEY.exec(pem)?.[0] ?? null, certificate: CERTIFICATE.exec(pem)?.[0] ?? null };
}

function problemOf(privateKeyPem: string, certificatePem: string, now: Date): string | null {
  if (privateKeyPem.includes('ENCRYPTED')) {
    return 'the private key has a passphrase: write it without one (openssl pkey -in FILE -out NEW).';
  }
  let key: KeyObject;
  let certificate: X509Certificate;
  try {
    key = createPrivateKey(privateKeyPem);
    certificate = new X509Certificate(certificatePem);
  } catch (error) {
    return `it is damaged (${messageOf(error)}): make the PEM file again.`;
  }
  // MSAL signs with PS256, which needs RSA.
  if (key.asymmetricKeyType !== 'rsa') return 'the private key is not RSA: Entra ID takes RSA certificates here.';
  if (!certificate.checkPrivateKey(key)) return 'the certificate belongs to another private key: put the pair into it.';
  if (now < new Date(certificate.validFrom)) return `the certificate is valid only from ${certificate.validFrom}.`;
  if (now > new Date(certificate.validTo)) {
    return `the certificate expired on ${certificate.validTo}: make a new one and upload it to the app registration.`;
  }
  return null;
}
