import { X509Certificate } from 'node:crypto';

/** RSA key sizes Graph accepts for resource data, in bits. Source: Microsoft Graph documentation, rich notifications. */
const KEY_BITS = { least: 2_048, most: 4_096 };

/** Why a base64 DER certificate cannot encrypt resource data, or null where it can. */
export function certificateProblem(base64: string): string | null {
  try {
    const key = new X509Certificate(Buffer.from(base64, 'base64')).publicKey;
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType === 'rsa' && bits >= KEY_BITS.least && bits <= KEY_BITS.most) return null;
    return `Invalid 'encryptionCertificate' attribute: an RSA key of ${KEY_BITS.least} to ${KEY_BITS.most} bits is required.`;
  } catch {
    return "Invalid 'encryptionCertificate' attribute: it must be the base64 form of a DER certificate.";
  }
}
