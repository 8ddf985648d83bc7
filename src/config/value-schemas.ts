import { isIP } from 'node:net';
import { z } from 'zod';
import { normaliseGuid } from '../kernel/guid.js';
import { keyId } from '../kernel/secrets.js';

/** Shortest application secret that may sign (CONTRACT section 2). */
const APP_SECRET_MIN_LENGTH = 32;

/** Longest time that a timer of Node.js can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A text in, a checked value out; the message says what to write instead. */
function parsed<T>(read: (text: string) => { value: T } | { mend: string }) {
  return z.string().transform((text, context): T => {
    const result = read(text);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.mend });
    return z.NEVER;
  });
}

export const guidText = parsed((text) => {
  const value = normaliseGuid(text);
  return value === null ? { mend: 'give a GUID such as 12345678-90ab-cdef-1234-567890abcdef.' } : { value };
});

export function wholeNumber(least: number, most: number) {
  return parsed((text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? { value } : { mend: `give a whole number from ${least} to ${most}.` };
  });
}

/** A day, as the instant at which it begins in UTC. */
export const day = parsed((text) => {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : Number.NaN);
  // A day that its month does not have would be one of the next month.
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
  return isDay ? { value: at } : { mend: 'give a day such as 2027-03-31.' };
});

export const durationMs = wholeNumber(0, LONGEST_TIMER_MS);

export const ascendingDurationsMs = parsed((text) => {
  const value = entries(text).map((entry) => durationMs.safeParse(entry).data ?? Number.NaN);
  const ascending = value.every((ms, index) => ms > (value[index - 1] ?? 0));
  return ascending ? { value } : { mend: 'give ascending whole numbers of milliseconds, such as 10000,60000,300000.' };
});

/** An address without a slash at its end; plain http is for loopback only, because secrets travel on it. */
export function address(options: { readonly path: 'allowed' | 'refused' }) {
  return parsed((text) => {
    if (!URL.canParse(text)) return { mend: 'give an address such as https://host.example.' };
    const url = new URL(text);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) {
      return { mend: 'begin it with https://. Plain http is for loopback (localhost, 127.0.0.1) only.' };
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      return { mend: `leave out user, password, query and fragment: ${url.origin}${url.pathname}` };
    }
    if (options.path === 'refused' && url.pathname !== '/') return { mend: `leave out the path: ${url.origin}` };
    return { value: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
  });
}

/** An address of this machine to listen on. */
export const ownAddress = parsed((text) =>
  isIP(text) > 0
    ? { value: text }
    : { mend: 'give an IP address such as 127.0.0.1, or 0.0.0.0 for every one of this machine.' },
);

export const proxyAddress = parsed((text) => {
  const isProxy = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isProxy ? { value: text } : { mend: 'give an address such as http://proxy.example:3128.' };
});

export const mongodbUri = parsed((text) =>
  /^mongodb(\+srv)?:\/\/[^\s/]+/.test(text)
    ? { value: text }
    : { mend: 'give a connection string such as mongodb://host:27017/gethomesafe?replicaSet=rs0.' },
);

/** Port of submission and of implicit TLS (RFC 6409 section 3.1, RFC 8314 section 3.3). */
const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

/** A mail server with what we sign in to it with, if anything. */
export const mailServer = parsed((text) => {
  const mend = 'give an address such as smtp://user:password@host:587; encode special characters as in any URL.';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return { mend };
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return { mend };
  const isSecure = url.protocol === 'smtps:';
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === null || password === null) return { mend };
  const port = url.port === '' ? (isSecure ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port);
  const signIn = user === '' ? null : { user, password };
  // The address of a loopback host of version 6 stands in brackets.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { value: { host, port, isSecure, signIn, isLoopback: LOOPBACK.has(url.hostname) } };
});

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A sender: an address, with a name in front where it stands in angle brackets. */
export const mailbox = parsed((text) => {
  const [, name = '', inBrackets] = /^"?([^"<>\p{Cc}]*?)"?\s*<([^<>]*)>$/u.exec(text) ?? [];
  const address = inBrackets ?? text;
  return /^[^\s@<>"(),:;\\\p{Cc}]+@[^\s@<>"(),:;\\\p{Cc}]+$/u.test(address)
    ? { value: { name, address } }
    : { mend: 'give an address, or a name with the address: GetHomeSafe <notices@company.example>.' };
});

export function oneOf<const T extends string>(values: readonly T[]) {
  return parsed<T>((text) => {
    const value = values.find((candidate) => candidate === text.toLowerCase());
    return value === undefined ? { mend: `give one of ${values.join(', ')}.` } : { value };
  });
}

export function someOf<const T extends string>(values: readonly T[]) {
  return parsed<readonly T[]>((text) => {
    const given = entries(text.toLowerCase());
    const value = values.filter((candidate) => given.includes(candidate));
    const known = given.length > 0 && given.every((entry) => value.some((candidate) => candidate === entry));
    return known ? { value } : { mend: `give one or more of ${values.join(', ')}, with commas between them.` };
  });
}

/** A comma list of files. */
export const pathList = parsed<readonly string[]>((text) => {
  const value = entries(text);
  return value.length > 0 ? { value } : { mend: 'give one or more paths, with commas between them.' };
});

/** The comma list of secrets: long enough, and told apart by their key ids, which stored tokens name them by. */
export const secretList = parsed((text) => {
  const value = text.split(',').map((entry) => entry.trim());
  const short = value.findIndex((secret) => secret.length < APP_SECRET_MIN_LENGTH);
  if (short >= 0) {
    const mend = `entry ${short + 1} has ${value[short]?.length ?? 0} characters`;
    return { mend: `${mend}: each needs at least ${APP_SECRET_MIN_LENGTH}. Make one with: openssl rand -hex 32` };
  }
  const ids = value.map(keyId);
  const twin = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twin < 0) return { value };
  const first = ids.indexOf(ids[twin] ?? '') + 1;
  return { mend: `entries ${first} and ${twin + 1} have the same key id ${ids[twin]}: make another one of them.` };
});

/** What Express takes as `trust proxy`, in the spellings of its documentation. */
export const trustedProxies = parsed<boolean | number | string>((text) => {
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  if (/^\d{1,2}$/.test(text)) return { value: Number(text) };
  const ranges = entries(text);
  return ranges.length > 0 && ranges.every(isProxyRange)
    ? { value: ranges.join(',') }
    : { mend: 'give false, the number of proxies in front, or their addresses (10.0.0.0/8, loopback).' };
});

function isProxyRange(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [host = '', bits] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(host)] ?? -1;
  return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function entries(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
