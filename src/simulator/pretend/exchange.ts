import type { Request, RequestHandler } from 'express';
import { AppError } from '../../kernel/app-error.js';
import type { ControlDeps } from '../control/control-exchange.js';

export const PRETEND_PATH = '/_pretend';

/** What the pages look at and move. */
export type PretendDeps = Pick<ControlDeps, 'world' | 'store' | 'delivery'>;

/** Fields of a form or of an address, each once. */
export type Fields = Readonly<Record<string, string>>;

export function fieldsOf(given: unknown): Fields {
  const entries = Object.entries(given ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Only people at this machine: an address of another name could be a page of somebody else's that leads here (DNS
 * rebinding), and a form of another site would carry that site's origin.
 */
export const onlyFromHere: RequestHandler = (request, _response, next) => {
  const host = request.get('host') ?? '';
  if (!LOOPBACK.test(host)) throw refused('This page answers on the loopback address only.');
  const origin = request.get('origin');
  if (request.method !== 'GET' && origin !== undefined && origin !== `http://${host}`)
    throw refused('Another site asked for this; do it on the page itself.');
  next();
};

function refused(text: string): AppError {
  return new AppError('refused', text, { status: 403 });
}

export const pageHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    // Not stricter: a form without a referrer would come with the origin "null".
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};

export function pathOf(request: Request, name: string): string {
  return String(request.params[name] ?? '');
}
