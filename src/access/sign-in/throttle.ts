import { isIPv6 } from 'node:net';
import type { Document } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { hashOf } from '../../kernel/secrets.js';
import { isDuplicateKey } from '../../store/transaction.js';
import type { AccessDeps } from '../access-deps.js';
import { SIGN_IN_THROTTLES } from '../types.js';

/** Who tries to sign in. */
export interface SignInSource {
  /** As typed. */
  readonly userName: string;
  /** Address of the client, IPv4 or IPv6. */
  readonly address: string;
}

/**
 * Failed sign-ins are counted for a day: for the address, for the user name from this address, and for the user name
 * from anywhere. Only the first two make somebody wait, so that nobody can shut out a stranger from elsewhere; many
 * failures for a name make everybody who tries it wait from the first failure on, and for longer.
 */
export interface SignInThrottle {
  /** Takes one attempt, which counts as failed until `succeeded`. Answers 0, or the ms to wait: nothing was taken then. */
  take(source: SignInSource): Promise<number>;
  succeeded(source: SignInSource): Promise<void>;
  /** For an attempt at which nobody could look. */
  giveBack(source: SignInSource): Promise<void>;
}

interface ThrottleRow {
  /** `address:…`, `pair:…` or `name:…`, with the SHA-256 of what it is about. */
  readonly _id: string;
  readonly failures: number;
  /** The next attempt is taken from then on. */
  readonly notBefore: Date;
  /** Counted from the first failure: everything is forgotten then. */
  readonly expiresAt: Date;
}

/** Failures that cost no wait; then the wait doubles with each. */
interface Rule {
  readonly free: number;
  readonly firstMs: number;
  readonly mostMs: number;
}

export const PAIR: Rule = { free: 5, firstMs: SECOND_MS, mostMs: 15 * MINUTE_MS };
/** For a name that many have tried in vain. */
export const PAIR_OF_A_TRIED_NAME: Rule = { free: 0, firstMs: MINUTE_MS, mostMs: 15 * MINUTE_MS };
/** An office may have one address: it waits later and never for long. */
export const ADDRESS: Rule = { free: 50, firstMs: SECOND_MS, mostMs: 5 * MINUTE_MS };
/** A name alone makes nobody wait. */
const NAME: Rule = { free: Number.MAX_SAFE_INTEGER, firstMs: 0, mostMs: 0 };
/** A name with more failures in a day is being tried. */
export const NAME_IS_TRIED = 20;

const FORGOTTEN_AFTER_MS = DAY_MS;
/** Attempts at one row that others take at the same instant. */
const ATTEMPTS = 10;

export function createSignInThrottle(deps: Pick<AccessDeps, 'store' | 'clock'>): SignInThrottle {
  const rows = deps.store.collection<ThrottleRow>(SIGN_IN_THROTTLES);

  return { take, succeeded, giveBack: (source) => giveBack(Object.values(idsOf(source))) };

  async function take(source: SignInSource): Promise<number> {
    const { address, pair, name } = idsOf(source);
    const waiting = await rows.find({ _id: { $in: [address, pair] } }).toArray();
    const waitMs = Math.max(0, ...waiting.map(waitOf));
    if (waitMs > 0) return waitMs;
    const tried = await count(name, NAME);
    const rule = tried.failures > NAME_IS_TRIED ? PAIR_OF_A_TRIED_NAME : PAIR;
    // Others may have taken one since the look above.
    const taken = [await count(pair, rule), await count(address, ADDRESS)];
    return Math.max(...taken.map((each) => each.waitMs));
  }

  async function succeeded(source: SignInSource): Promise<void> {
    const { address, pair, name } = idsOf(source);
    await rows.deleteOne({ _id: pair });
    // The others keep what came before: one who has an account here may still try those of others.
    await giveBack([address, name]);
  }

  async function giveBack(ids: readonly string[]): Promise<void> {
    const oneLess = { $inc: { failures: -1 }, $set: { notBefore: deps.clock.now() } };
    await rows.updateMany({ _id: { $in: [...ids] }, failures: { $gt: 0 } }, oneLess);
  }

  /** One more failure, unless there is a wait: in one update, so that many at once are as many. */
  async function count(id: string, rule: Rule): Promise<{ failures: number; waitMs: number }> {
    const now = deps.clock.now();
    const isFree = { _id: id, $or: [{ notBefore: { $lte: now } }, { expiresAt: { $lte: now } }] };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        const options = { upsert: true, returnDocument: 'after' } as const;
        const row = await rows.findOneAndUpdate(isFree, oneMore(rule, now), options);
        return { failures: row?.failures ?? 0, waitMs: 0 };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const row = await rows.findOne({ _id: id });
      const waitMs = row === null ? 0 : waitOf(row);
      if (row !== null && waitMs > 0) return { failures: row.failures, waitMs };
    }
    throw new AppError('sign_in_busy', 'Too many people sign in at this moment. Try again in a few seconds.', {
      status: 503,
    });
  }

  function waitOf({ notBefore, expiresAt }: ThrottleRow): number {
    const nowMs = deps.clock.nowMs();
    return expiresAt.getTime() <= nowMs ? 0 : notBefore.getTime() - nowMs;
  }
}

function oneMore({ free, firstMs, mostMs }: Rule, now: Date): Document[] {
  const isKept = { $gt: ['$expiresAt', now] };
  const beyond = { $min: [{ $subtract: ['$failures', free + 1] }, 30] };
  const waitMs = { $min: [{ $multiply: [firstMs, { $pow: [2, beyond] }] }, mostMs] };
  return [
    {
      $set: {
        failures: { $add: [{ $cond: [isKept, '$failures', 0] }, 1] },
        expiresAt: { $cond: [isKept, '$expiresAt', new Date(now.getTime() + FORGOTTEN_AFTER_MS)] },
      },
    },
    { $set: { notBefore: { $cond: [{ $gt: ['$failures', free] }, { $add: [now, waitMs] }, now] } } },
  ];
}

/** Hashes, because what is typed as a user name may be anything, a password too. */
function idsOf({ userName, address }: SignInSource) {
  const name = userName.normalize('NFKC').trim().toLowerCase();
  const place = placeOf(address);
  return {
    name: `name:${hashOf(name)}`,
    pair: `pair:${hashOf(JSON.stringify([name, place]))}`,
    address: `address:${hashOf(place)}`,
  };
}

/** One household or server has a whole /64 of IPv6 (RFC 6177). */
function placeOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const first = head.split(':').filter((part) => part !== '');
  const last = tail.split(':').filter((part) => part !== '');
  const middle = plain.includes('::') ? Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0') : [];
  return [...first, ...middle, ...last]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':');
}
