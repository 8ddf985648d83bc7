import { constants, createCipheriv, createHash, createHmac, publicEncrypt, X509Certificate } from 'node:crypto';
import { systemChance } from '../../kernel/chance.js';
import type { RichFault } from '../world/types.js';

/** The `encryptedContent` of an item, as it goes over the wire. */
export interface EncryptedContent {
  readonly data: string;
  readonly dataKey: string;
  readonly dataSignature: string;
  readonly encryptionCertificateId: string;
  readonly encryptionCertificateThumbprint: string;
}

/** AES-256. */
const KEY_BYTES = 32;

export interface Sealing {
  /** Base64 of its DER form. */
  readonly certificate: string;
  readonly certificateId: string;
  readonly fault: RichFault;
}

/**
 * Encrypts as Graph does: AES-256-CBC with the first 16 bytes of the key as IV, HMAC-SHA256 over the bytes, the key
 * wrapped with RSA-OAEP (SHA-1). Source: Microsoft Graph documentation, change notifications with resource data.
 */
export function sealContent(content: object, { certificate, certificateId, fault }: Sealing): EncryptedContent {
  const der = Buffer.from(certificate, 'base64');
  const itemKey = Buffer.from(systemChance.token(KEY_BYTES), 'base64url');
  const cipher = createCipheriv('aes-256-cbc', itemKey, itemKey.subarray(0, 16));
  const data = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  const signer = fault === 'content_signature' ? Buffer.from(systemChance.token(KEY_BYTES), 'base64url') : itemKey;
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const key = { key: new X509Certificate(der).publicKey, padding, oaepHash: 'sha1' };
  return {
    data: data.toString('base64'),
    dataKey: publicEncrypt(key, itemKey).toString('base64'),
    dataSignature: createHmac('sha256', signer).update(data).digest('base64'),
    encryptionCertificateId: fault === 'unknown_certificate' ? `not-${certificateId}`.slice(0, 128) : certificateId,
    encryptionCertificateThumbprint: createHash('sha1').update(der).digest('hex').toUpperCase(),
  };
}
