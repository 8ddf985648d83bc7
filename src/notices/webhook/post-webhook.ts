import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError, messageOf } from '../../kernel/app-error.js';
import { SECOND_MS } from '../../kernel/clock.js';
import type { Outcome } from '../send/queue.js';
import { addressToReach } from './public-address.js';

/** A receiver has so long for its answer. */
const ANSWER_MS = 10 * SECOND_MS;

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostOptions {
  readonly allowsLoopback: boolean;
  readonly answerMs?: number;
}

/** Posts JSON to a receiver: directly, never by a proxy; redirects are not followed, the answer's body is not read. */
export async function postWebhook(post: WebhookPost, options: PostOptions): Promise<Outcome> {
  const { answerMs = ANSWER_MS } = options;
  const signal = AbortSignal.timeout(answerMs);
  try {
    const url = new URL(post.url);
    // Looking a name up knows no bound of its own.
    const late = once(signal, 'abort').then(() => Promise.reject(signal.reason));
    const address = await Promise.race([addressToReach(url.hostname, options), late]);
    return outcomeOf(await answerOf(url, { post, address, signal }));
  } catch (error) {
    if (error instanceof AppError) return { kind: 'refused', why: error.message };
    if (signal.aborted) return { kind: 'later', why: `The receiver did not answer within ${answerMs / SECOND_MS} s.` };
    return { kind: 'later', why: `The receiver could not be reached (${messageOf(error)}).` };
  }
}

function answerOf(
  url: URL,
  { post, address, signal }: { post: WebhookPost; address: LookupAddress; signal: AbortSignal },
): Promise<number> {
  const { body } = post;
  const headers = {
    ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...post.headers },
    'user-agent': 'GetHomeSafe-Notices',
  };
  const options = { method: 'POST', headers, signal, agent: false as const, lookup: only(address) };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? requestHttp : requestHttps)(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A name leads where it led when it was checked. */
function only({ address, family }: LookupAddress): LookupFunction {
  return (_hostname, options, done) => {
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

/** 410 says that the receiver wants no more (Standard Webhooks); everything else may pass. */
function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status >= 300 && status < 400) {
    return {
      kind: 'later',
      why: `The receiver answered ${status}: redirects are not followed, give its final address.`,
    };
  }
  return { kind: status === 410 ? 'refused' : 'later', why: `The receiver answered ${status}.` };
}
