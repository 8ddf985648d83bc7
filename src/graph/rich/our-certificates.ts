import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { pemParts } from '../../config/client-certificate.js';
import { AppError, messageOf } from '../../kernel/app-error.js';

/** A certificate of ours, as a subscription with resource data names it, with the key that opens what comes of it. */
export interface OurCertificate {
  /** Base64 of its DER form, without the private key. */
  readonly encryptionCertificate: string;
  /** Its SHA-256 in lower-case hex: needs no name of its own, and a new certificate has a new one. */
  readonly encryptionCertificateId: string;
  readonly privateKey: KeyObject;
}

/** RSA key sizes Graph takes, in bits. Source: Microsoft Graph documentation, rich notifications. */
const KEY_BITS = { least: 2_048, most: 4_096 };

/**
 * One PEM text with a certificate and its private key. Whether it is still valid is not asked: the key of an old one
 * is needed until no notification names it.
 *
 * @throws AppError where it could not serve
 */
export function ourCertificate(pem: string): OurCertificate {
  const privateKey = privateKeyIn(pem);
  const text = pemParts(pem).certificate;
  if (text === null) throw badKey('There is no certificate in it: give one PEM file with the key and the certificate.');
  const certificate = readOr(() => new X509Certificate(text));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw badKey('The certificate belongs to another private key: put the pair into the file.');
  }
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < KEY_BITS.least || bits > KEY_BITS.most) {
    throw badKey(`The key has ${bits} bits: Graph takes ${KEY_BITS.least} to ${KEY_BITS.most}.`);
  }
  return {
    encryptionCertificate: certificate.raw.toString('base64'),
    encryptionCertificateId: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    privateKey,
  };
}

/**
 * The RSA private key in a PEM text, whatever else is in it.
 *
 * @throws AppError where there is none
 */
export function privateKeyIn(pem: string): KeyObject {
  const text = pemParts(pem).privateKey;
  if (text === null) throw badKey('There is no private key in it: give a PEM file that has one.');
  if (text.includes('ENCRYPTED')) {
    throw badKey('The private key has a passphrase: write it without one (openssl pkey -in FILE -out NEW).');
  }
  const key = readOr(() => createPrivateKey(text));
  if (key.asymmetricKeyType !== 'rsa') throw badKey('The private key is not RSA: Graph encrypts for RSA keys only.');
  return key;
}

function readOr<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw badKey(`It is damaged (${messageOf(cause)}): make the PEM file again.`);
  }
}

function badKey(message: string): AppError {
  return new AppError('bad_key', message, { field: 'key' });
}
