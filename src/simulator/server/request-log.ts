import { type BoundedLog, createBoundedLog } from '../delivery/bounded-log.js';

/** One HTTP request to Graph or Entra; `path` is as it was sent, with its query. */
export interface RequestRecord {
  /** Simulated instant of its end. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Null where no answer was given. */
  readonly status: number | null;
  readonly tenant: string | null;
  /** The requests inside a `$batch`. */
  readonly parts?: readonly Pick<RequestRecord, 'method' | 'path' | 'status'>[];
}

/** A Graph answer, as the judge of shapes wants it; `path` is below /v1.0. */
export interface RecordedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** The last 10,000 requests. */
export function createRequestLog(): BoundedLog<RequestRecord> {
  return createBoundedLog<RequestRecord>(10_000);
}
