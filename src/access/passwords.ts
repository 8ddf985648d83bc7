import { type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import { sameText } from '../kernel/secrets.js';
import type { PasswordHash } from './types.js';

/** Shortest and longest password, in characters. */
export const PASSWORD_MIN_LENGTH = 12;
export const PASSWORD_MAX_LENGTH = 128;

/**
 * One of the settings that the OWASP Password Storage Cheat Sheet names as equal for scrypt (N=2^15, r=8, p=3; read
 * 2026-11-26): 32 MiB of memory for one password.
 */
const COST = { cost: 2 ** 15, blockSize: 8, parallelization: 3 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Random bytes of a password that is made here: 24 characters. */
const MADE_BYTES = 18;

/** Passwords looked at together in one process: each takes a core and 32 MiB. */
const AT_ONCE = 2;
/** More than these waiting are turned away, so that nobody fills the process with them. */
const MOST_WAITING = 30;

const derive = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);

export interface Passwords {
  /** @throws AppError password_too_short, password_too_long */
  hash(password: string): Promise<PasswordHash>;
  /** Costs the same where there is nothing to compare with, and answers false then. */
  verify(password: string, kept: PasswordHash | null): Promise<boolean>;
  /** One that nobody has chosen. */
  make(): string;
}

export function createPasswords(deps: { readonly chance: Chance }): Passwords {
  const limit = pLimit(AT_ONCE);
  // Nobody knows the password of it, so that comparing with it is only work.
  const nobodys: PasswordHash = { ...COST, salt: deps.chance.token(SALT_BYTES), hash: deps.chance.token(HASH_BYTES) };

  return { hash, verify, make: () => deps.chance.token(MADE_BYTES) };

  async function hash(password: string): Promise<PasswordHash> {
    checkLength(password);
    const salt = deps.chance.token(SALT_BYTES);
    return { ...COST, salt, hash: await work(password, { ...COST, salt }) };
  }

  async function verify(password: string, kept: PasswordHash | null): Promise<boolean> {
    const against = kept ?? nobodys;
    const isSame = sameText(await work(password, against), against.hash);
    return isSame && kept !== null;
  }

  async function work(password: string, by: Omit<PasswordHash, 'hash'>): Promise<string> {
    if (limit.pendingCount >= MOST_WAITING) {
      const text = 'Too many people sign in at this moment. Try again in a few seconds.';
      throw new AppError('sign_in_busy', text, { status: 503 });
    }
    const { salt, cost, blockSize, parallelization } = by;
    // scrypt needs 128 * N * r bytes and a little more (RFC 7914 section 2).
    const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
    const key = await limit(() => derive(spelled(password), salt, HASH_BYTES, options));
    return key.toString('base64url');
  }
}

/** The same characters are the same password, whatever keyboard they come from (NIST SP 800-63B section 5.1.1.2). */
function spelled(password: string): string {
  return password.normalize('NFKC');
}

function checkLength(password: string): void {
  const { length } = [...spelled(password)];
  const wrong = { field: 'password' };
  if (length < PASSWORD_MIN_LENGTH) {
    const text = `The password has ${length} characters: take at least ${PASSWORD_MIN_LENGTH}.`;
    throw new AppError('password_too_short', text, wrong);
  }
  if (length > PASSWORD_MAX_LENGTH) {
    const text = `The password has ${length} characters: take at most ${PASSWORD_MAX_LENGTH}.`;
    throw new AppError('password_too_long', text, wrong);
  }
}
