import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { LiveFeed } from './live-feed.js';

/** A comment so often, because proxies end what is quiet (nginx after 60 s, its documentation of proxy_read_timeout). */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** The right to listen is asked for again at every second heartbeat. */
const HEARTBEATS_A_CHECK = 2;
/** After so long a browser that lost the stream asks again. */
const RETRY_MS = 2 * SECOND_MS;
/** Bytes that a browser may leave unread: it is gone, or asleep, and asks again when it wakes. */
const MOST_UNREAD = 16 * 1_024;

export interface LiveLimits {
  /** Streams at once of one who signed in, over all their windows. */
  readonly perPrincipal: number;
  readonly perProcess: number;
}

const LIMITS: LiveLimits = { perPrincipal: 20, perProcess: 2_000 };

interface LiveParams {
  readonly enterpriseId: string;
}

export interface LiveRouteDeps {
  readonly feed: Pick<LiveFeed, 'listen'>;
  readonly clock: Clock;
  /**
   * Says who asks, where they may watch the enterprise, and throws an `AppError` where they may not (any more). Asked
   * before the first event and then every 30 s: a stream does not outlive the session that it was begun in.
   */
  mayListen(request: Pick<Request, 'get'>, enterpriseId: string): Promise<{ readonly principal: string }>;
  readonly limits?: LiveLimits;
}

/**
 * `GET …/enterprises/:enterpriseId/live`: server-sent events `counters` with `{runs, problems, changes}`, the first at
 * once, then one whenever a number differs. Refused with `too_many_streams`, 429 for one's own and 503 for all of this
 * process together. Ends with the right to listen and when the process stops; a browser then asks again by itself.
 */
export function createLiveRoute(deps: LiveRouteDeps): RequestHandler<LiveParams> {
  const { feed, clock, mayListen } = deps;
  const seats = createSeats(deps.limits ?? LIMITS);

  return async (request, response) => {
    const { enterpriseId } = request.params;
    const ask = () => mayListen(request, enterpriseId);
    const { principal } = await ask();
    // Gone while they were asked who they are.
    if (response.destroyed) return;
    const leave = seats.take(principal, response);
    const gone = new AbortController();
    response.once('close', () => {
      leave();
      gone.abort();
    });
    open(response);
    // HEAD asks for what was just sent and nothing else.
    if (request.method === 'HEAD') response.end();
    const stop = feed.listen(enterpriseId, {
      tell: (counters) => send(response, `event: counters\ndata: ${JSON.stringify(counters)}\n\n`),
      end: () => response.end(),
    });
    await beat(response, { signal: gone.signal, principal, ask });
    stop();
  };

  /** Keeps the stream alive for as long as the same person may listen. */
  async function beat(
    response: Response,
    { signal, principal, ask }: { signal: AbortSignal; principal: string; ask(): Promise<{ principal: string }> },
  ): Promise<void> {
    const isGone = () => signal.aborted || response.writableEnded;
    for (let beats = 1; !isGone(); beats += 1) {
      await clock.sleep(HEARTBEAT_MS, signal).catch(() => {});
      if (isGone()) return;
      const mayStay = beats % HEARTBEATS_A_CHECK !== 0 || (await isStill(principal, ask));
      if (!mayStay) return void response.end();
      send(response, ': still here\n\n');
    }
  }
}

/** In doubt it ends: the browser asks again, and is told why it may not. */
async function isStill(principal: string, ask: () => Promise<{ principal: string }>): Promise<boolean> {
  return ask().then(
    (now) => now.principal === principal,
    () => false,
  );
}

function open(response: Response): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // nginx and those who follow it hold answers back otherwise (nginx documentation, proxy_buffering).
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  send(response, `retry: ${RETRY_MS}\n\n`);
}

function send(response: Response, text: string): void {
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength > MOST_UNREAD) response.destroy();
}

interface Seats {
  /** Answers how to give the seat back; once is enough. */
  take(principal: string, response: Response): () => void;
}

function createSeats({ perPrincipal, perProcess }: LiveLimits): Seats {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take: (principal, response) => {
      const own = taken.get(principal) ?? 0;
      if (own >= perPrincipal) throw tooMany(response, { status: 429, text: OWN_TOO_MANY });
      if (all >= perProcess) throw tooMany(response, { status: 503, text: ALL_TOO_MANY });
      taken.set(principal, own + 1);
      all += 1;
      let isGiven = false;
      return () => {
        if (isGiven) return;
        isGiven = true;
        all -= 1;
        const left = (taken.get(principal) ?? 1) - 1;
        if (left === 0) taken.delete(principal);
        else taken.set(principal, left);
      };
    },
  };
}

const OWN_TOO_MANY =
  'You watch in too many windows at once. Close some of them; this one goes on without live updates.';
const ALL_TOO_MANY = 'Too many people watch at the moment. The page goes on without live updates; reload it later.';
const RETRY_AFTER_SECONDS = 30;

function tooMany(response: Response, { status, text }: { status: number; text: string }): AppError {
  response.set('Retry-After', String(RETRY_AFTER_SECONDS));
  return new AppError('too_many_streams', text, { status });
}
