import type { z } from 'zod';
import { mac, sameText } from '../../../kernel/secrets.js';

/** Packs a value into a text that clients cannot make up. */
export function sealToken(secret: string, value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${text}.${mac(secret, text)}`;
}

/** What `sealToken` packed, or null where the text is not one of ours or of another shape. */
export function openToken<T>(secret: string, token: string, schema: z.ZodType<T>): T | null {
  const [text = '', seal = ''] = token.split('.');
  if (!sameText(seal, mac(secret, text))) return null;
  const parsed = schema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  return parsed.success ? parsed.data : null;
}

/** The secret behind the tokens of one world. */
export function tokenSecret(seed: number): string {
  return `simulated tokens ${seed}`;
}
