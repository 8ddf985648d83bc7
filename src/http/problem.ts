import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError, stackOf } from '../kernel/app-error.js';
import type { Log } from '../kernel/log.js';

/** An error as it is sent: RFC 9457, with a code for programs and, where there is one, the input it is about. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
}

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const NOT_FOUND_TEXT = 'There is nothing at this address. Check the path and the method.';
const INTERNAL_TEXT = 'Something went wrong here. Try again; if it stays, tell the operator the time of this answer.';

/** What may be told of an error; of one that nobody expected, nothing but that it happened. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) {
    const { status, code, message, field } = error;
    return problem({ status, code, detail: message, ...(field === undefined ? {} : { field }) });
  }
  const status = clientErrorStatus(error);
  if (status !== null) return problem(knownClientError(status, error));
  return problem({ status: 500, code: 'internal_error', detail: INTERNAL_TEXT });
}

/** The last layer: turns what was thrown into a problem. Only the unexpected is logged here, with its cause. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error, request, response, next) => {
    const { method } = request;
    // Of the path its pattern alone: a person may be named in it, by an address too.
    const route = String(request.route?.path ?? 'none');
    const answer = problemOf(error);
    if (answer.status === 500)
      log.error({ event: 'http.error', method, route, error: stackOf(error) }, 'request failed');
    // Half an answer is out already: only ending the connection tells the reader so.
    if (response.headersSent) return next(error);
    response.status(answer.status).setHeader('content-type', PROBLEM_TYPE);
    response.end(JSON.stringify(answer));
  };
}

/** Everything that no router took. */
export const notFound: RequestHandler = (_request, _response, next) => {
  next(new AppError('not_found', NOT_FOUND_TEXT, { status: 404 }));
};

function problem(parts: Omit<Problem, 'type' | 'title'>): Problem {
  return { type: 'about:blank', title: STATUS_CODES[parts.status] ?? 'Error', ...parts };
}

/** Express and its body parsers throw errors that carry a status of the 400s. */
function clientErrorStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  return error.status >= 400 && error.status < 500 ? error.status : null;
}

function knownClientError(status: number, error: unknown): Omit<Problem, 'type' | 'title'> {
  switch (status) {
    // A file that is not there, or that is outside of what may be seen.
    case 403:
    case 404:
      return { status: 404, code: 'not_found', detail: NOT_FOUND_TEXT };
    case 413:
      return { status, code: 'body_too_large', detail: 'The body is too large. Send less in one request.' };
    case 415:
      return { status, code: 'unsupported_type', detail: 'Send the body as application/json in UTF-8.' };
    default:
      return { status, code: 'bad_request', detail: unreadableText(error) };
  }
}

/** Body parsers say what they met; everything else is about the address. */
function unreadableText(error: unknown): string {
  const isJson = error instanceof Error && 'type' in error && error.type === 'entity.parse.failed';
  if (isJson) return 'The body is no JSON object. Check its commas, quotes and braces, and that it is whole.';
  if (error instanceof URIError)
    return 'The address cannot be read: a % is not followed by the two digits of a byte of UTF-8.';
  return 'The request cannot be read. Check the address and the body.';
}
