import { type NextFunction, type Request, type Response, Router } from 'express';
import { AppError, messageOf } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Metrics } from '../kernel/metrics.js';
import { accept, type Tally } from './accept.js';
import type { CommitGroup } from './commit-group.js';
import { createDeadlines } from './deadlines.js';
import type { EndpointSpeed } from './endpoint-speed.js';
import { answerHandshake, validationTokenIn } from './handshake.js';
import { createIntakeMetrics } from './intake-metrics.js';
import { MOST_BODY_BYTES, readBody } from './read-body.js';
import type { RichReader } from './rich-post.js';

/** Paths that Graph posts to; both take notifications and lifecycle events, told apart by the item. */
export const INTAKE_PATHS = ['/graph/notifications', '/graph/lifecycle'];

/** Bound of a whole request, below the 3 s that Graph waits for a first delivery (law L1). */
export const INTAKE_LIMIT_MS = 2_000;
const TRACE_BYTES = 9;
const NO_BODY = { 'content-length': 0 };
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

export interface IntakeDeps {
  readonly secrets: readonly string[];
  readonly commitGroup: CommitGroup;
  /** Left out: rich notifications are off. */
  readonly rich?: RichReader | null;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limitMs?: number;
  /** Left out: nobody watches how fast we answer. */
  readonly speed?: EndpointSpeed;
}

/** `gone`: the sender hung up, there is nobody to answer. */
type Answer = { readonly result: 'stored' } | { readonly result: 'gone' } | AppError;

/** The routes Graph posts to. They bring their own handshake and body reading, so no layer stands before them. */
export function createIntakeRouter(deps: IntakeDeps): Router {
  const { clock, log } = deps;
  const metrics = createIntakeMetrics(deps.metrics);
  const deadlines = createDeadlines(clock, deps.limitMs ?? INTAKE_LIMIT_MS);
  // A random beginning for the process and a number for the POST.
  const tracePrefix = deps.chance.token(TRACE_BYTES);
  let posts = 0;
  const router = Router();
  for (const path of INTAKE_PATHS) router.all(path, receive);
  return router;

  async function receive(request: Request, response: Response, next: NextFunction): Promise<void> {
    const token = validationTokenIn(request.url);
    if (token !== null && (request.method === 'POST' || request.method === 'GET')) {
      const status = answerHandshake(request, response, token);
      metrics.handshake(status);
      log.info({ event: 'intake.handshake', path: request.path, status }, 'handshake answered');
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return next(new AppError('method_not_allowed', 'Send notifications by POST.', { status: 405 }));
    }
    await post(request, response, next);
  }

  async function post(request: Request, response: Response, next: NextFunction): Promise<void> {
    const startedAtMs = clock.nowMs();
    // As the sender sees it: until the answer is out, or until it has given up.
    response.once('close', () => deps.speed?.note(clock.nowMs() - startedAtMs));
    posts += 1;
    const traceId = `${tracePrefix}-${posts}`;
    const tally: Tally = { items: 0, accepted: 0, malformed: 0, forged: 0, mismatched: 0, rich: {} };
    const answer = await withinLimit(work(request, { traceId, tally }));

    const status = answer instanceof AppError ? answer.status : answer.result === 'stored' ? 202 : 499;
    const durationMs = clock.nowMs() - startedAtMs;
    metrics.post(status, durationMs / 1_000);
    metrics.items(tally, status === 202);
    const reason = answer instanceof AppError ? { code: answer.code, cause: causeOf(answer) } : {};
    log.info({ event: 'intake.post', traceId, status, durationMs, ...tally, ...reason }, 'notifications received');

    if (answer instanceof AppError) return next(answer);
    if (answer.result === 'stored') response.writeHead(202, NO_BODY).end();
  }

  /** What the work gives, or that it took too long; it goes on then, and what it still stores does no harm. */
  function withinLimit(working: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const callOff = deadlines.start(() => resolve(notStored('The store did not answer in time.')));
      working.then(resolve, reject).finally(callOff);
    });
  }

  async function work(request: Request, post: { traceId: string; tally: Tally }): Promise<Answer> {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '') || isEncoded(request)) return unsupportedType();
    const body = await readBody(request, MOST_BODY_BYTES);
    if (body.result === 'aborted') return { result: 'gone' };
    if (body.result === 'too_large') return tooLarge();
    const parsed = parseJson(body.bytes);
    if (parsed === MALFORMED) return malformed('The body is not JSON.');

    const accepted = await accept(parsed, deps, post);
    switch (accepted.result) {
      case 'stored':
        return { result: 'stored' };
      case 'not_a_collection':
        return malformed('The body has no array "value".');
      case 'full':
        return notStored('Too much is waiting to be stored.');
      case 'doubtful':
        return notStored(accepted.reason);
    }
  }
}

const MALFORMED = Symbol('malformed');

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return MALFORMED;
  }
}

function isEncoded(request: Request): boolean {
  const encoding = request.headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

function malformed(what: string): AppError {
  return new AppError('malformed_notification', `${what} Send a collection of change notifications.`, { status: 400 });
}

function unsupportedType(): AppError {
  const text = 'Send the notifications as application/json, without content encoding.';
  return new AppError('unsupported_type', text, { status: 415 });
}

function tooLarge(): AppError {
  return new AppError('body_too_large', 'Send at most 8 MiB in one request.', { status: 413 });
}

/** What went wrong inside is for the log; the sender only has to send again. */
function notStored(cause: string): AppError {
  return new AppError('not_stored', 'The notifications could not be stored. Send them again.', { status: 503, cause });
}

function causeOf(error: AppError): string | undefined {
  return error.cause === undefined ? undefined : messageOf(error.cause);
}
