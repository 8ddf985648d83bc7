import { constants, createDecipheriv, createHmac, type KeyObject, privateDecrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Our private RSA keys by `encryptionCertificateId`; several while certificates are rotated. */
export type ContentKeys = ReadonlyMap<string, KeyObject>;

/**
 * Why a content stays shut. `certificate`: no key of that id, or the key does not fit; `signature`: `data` is not what
 * was signed; `malformed`: not the shape of Graph, or what was signed is no JSON object.
 */
export type ShutReason = 'signature' | 'certificate' | 'malformed';

export type OpenedContent =
  | { readonly ok: true; readonly content: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: ShutReason };

/** Bytes of the key of one item: AES-256. Source: Microsoft Graph documentation, rich notifications. */
const KEY_BYTES = 32;
const IV_BYTES = 16;

/** Longest texts that are looked at, in characters: a chosen bound of 1 MiB, far above any selected event or message. */
const MOST_DATA_CHARACTERS = 1_048_576;
/** RSA-4096, the largest key Graph takes, makes 684 characters of base64. */
const MOST_KEY_CHARACTERS = 1_024;
/** Graph allows ids of 128 characters (subscription resource, `encryptionCertificateId`). */
const MOST_ID_CHARACTERS = 128;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const encryptedContentSchema = z.object({
  data: base64(MOST_DATA_CHARACTERS),
  dataKey: base64(MOST_KEY_CHARACTERS),
  dataSignature: base64(MOST_KEY_CHARACTERS),
  encryptionCertificateId: z.string().min(1).max(MOST_ID_CHARACTERS),
  // Not asked: the id is ours, and finds the key also where Graph writes the thumbprint in another form.
  encryptionCertificateThumbprint: z.string().max(MOST_ID_CHARACTERS).nullish(),
});
const objectSchema = z.record(z.string(), z.unknown());

/**
 * Opens the `encryptedContent` of a rich notification: RSA-OAEP with SHA-1 gives the key of the item, HMAC-SHA256 over
 * the bytes of `data` is compared before anything is decrypted, AES-256-CBC gives UTF-8 JSON. Source: Microsoft Graph
 * documentation, rich notifications, "Decrypting resource data".
 *
 * @param encrypted  as it came; nothing of it is trusted
 */
export function openContent(encrypted: unknown, keys: ContentKeys): OpenedContent {
  const parsed = encryptedContentSchema.safeParse(encrypted);
  if (!parsed.success) return shut('malformed');
  const { data, dataKey, dataSignature, encryptionCertificateId } = parsed.data;
  // One answer for an id that is not ours and for a key that does not fit, whatever is wrong with it.
  const itemKey = unwrap(dataKey, keys.get(encryptionCertificateId));
  if (itemKey === null) return shut('certificate');
  const signed = createHmac('sha256', itemKey).update(data).digest();
  const isSigned = signed.length === dataSignature.length && timingSafeEqual(signed, dataSignature);
  if (!isSigned) return shut('signature');
  const content = decrypt(data, itemKey);
  return content === null ? shut('malformed') : { ok: true, content };
}

function shut(reason: ShutReason): OpenedContent {
  return { ok: false, reason };
}

function unwrap(dataKey: Buffer, privateKey: KeyObject | undefined): Buffer | null {
  if (privateKey === undefined) return null;
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const key = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, dataKey);
    return key.length === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

function decrypt(data: Buffer, key: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, IV_BYTES));
    const bytes = Buffer.concat([decipher.update(data), decipher.final()]);
    const content = objectSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return content.success ? content.data : null;
  } catch {
    return null;
  }
}

/** Base64 as bytes. Node would read over whatever is not base64, so that two texts could mean the same. */
function base64(mostCharacters: number) {
  return z
    .string()
    .max(mostCharacters)
    .refine((text) => text.length % 4 === 0 && BASE64.test(text))
    .transform((text) => Buffer.from(text, 'base64'));
}
