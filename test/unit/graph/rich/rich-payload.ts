import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { EncryptedContent } from '../../../../src/simulator/delivery/rich-content.js';

export type { EncryptedContent };

export interface Sealing {
  readonly publicKey: KeyObject;
  readonly certificateId: string;
  /** 32 random bytes unless given. */
  readonly itemKey?: Buffer;
  /** Hash of the OAEP padding; Graph's is SHA-1. */
  readonly oaepHash?: string;
}

export function rsaPair(modulusLength = 2_048) {
  return generateKeyPairSync('rsa', { modulusLength });
}

/** Encrypts as Graph does; an object goes as JSON, bytes as they are. */
export function sealed(content: object, sealing: Sealing): EncryptedContent {
  const { itemKey = randomBytes(32), oaepHash = 'sha1', certificateId, publicKey } = sealing;
  const plain = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const cipher = createCipheriv('aes-256-cbc', itemKey.subarray(0, 32), itemKey.subarray(0, 16));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    data: data.toString('base64'),
    dataKey: publicEncrypt({ key: publicKey, padding, oaepHash }, itemKey).toString('base64'),
    dataSignature: signatureOf(data, itemKey),
    encryptionCertificateId: certificateId,
    encryptionCertificateThumbprint: createHash('sha1').update(der).digest('hex').toUpperCase(),
  };
}

export function signatureOf(data: Buffer, itemKey: Buffer): string {
  return createHmac('sha256', itemKey).update(data).digest('base64');
}

/** The same bytes but for one bit, in base64. */
export function oneBitOff(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
}
