import { domainToASCII } from 'node:url';

/** Longest address (RFC 5321 section 4.5.3.1.3, a path of 256 octets less its angle brackets). */
const ADDRESS_LENGTH_MOST = 254;
/** Dot-atoms of RFC 5321 and 6531; quoted local parts are not in use at Microsoft 365. */
const LOCAL_PART = /^[^\s@"(),:;<>[\]\\.\p{Cc}\p{Cf}]+(?:\.[^\s@"(),:;<>[\]\\.\p{Cc}\p{Cf}]+)*$/u;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;
/** Characters that `domainToASCII` would read as something other than a name. */
const NO_DOMAIN = /[\s%/:?#@\\[\]]/u;

export interface EmailAddress {
  /** As the source spells it, trimmed and in NFC. */
  readonly address: string;
  /** What addresses are compared by: lower case, domain in ASCII. */
  readonly key: string;
}

/** Reads an address, international domains included, or null where it is malformed (E22, E30). */
export function parseEmailAddress(raw: string): EmailAddress | null {
  const address = raw.trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > ADDRESS_LENGTH_MOST) return null;
  const localPart = address.slice(0, at);
  if (!LOCAL_PART.test(localPart)) return null;
  const host = hostOf(address.slice(at + 1));
  if (host === null) return null;
  const key = `${localPart.toLowerCase().normalize('NFC')}@${host}`;
  return key.length > ADDRESS_LENGTH_MOST ? null : { address, key };
}

/** The form under which an address is unique, null where it is malformed: neither dots nor plus signs are folded. */
export function emailKeyOf(address: string): string | null {
  return parseEmailAddress(address)?.key ?? null;
}

function hostOf(domain: string): string | null {
  const lower = domain.toLowerCase();
  if (HOST.test(lower) && !lower.includes('xn--')) return lower;
  if (NO_DOMAIN.test(domain)) return null;
  const ascii = domainToASCII(domain);
  return HOST.test(ascii) ? ascii : null;
}
