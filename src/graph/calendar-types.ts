import type { graphEventOf } from './graph-event.js';
import type { GraphFailure } from './graph-failure.js';
import type { CallOptions } from './types.js';

export interface CalendarWindow {
  readonly objectId: string;
  readonly from: Date;
  readonly to: Date;
}

/** An event, or what cannot be understood of one. */
export type ReadEvent = ReturnType<typeof graphEventOf>;

/** What one look at a calendar gave. `failed` says nothing about it. */
export type CalendarAnswer =
  | { readonly status: 'ok'; readonly events: readonly ReadEvent[] }
  | { readonly status: 'no_mailbox' }
  /** A policy keeps this mailbox from us, or the permission is missing. */
  | { readonly status: 'blocked'; readonly failure: GraphFailure }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export type EventAnswer =
  | { readonly status: 'present'; readonly event: ReadEvent }
  | { readonly status: 'gone' }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export interface CalendarReads {
  readCalendar(window: CalendarWindow, options?: CallOptions): Promise<CalendarAnswer>;
  /** Every id given has an entry. */
  readEvents(
    of: { readonly objectId: string; readonly eventIds: readonly string[] },
    options?: CallOptions,
  ): Promise<Map<string, EventAnswer>>;
}
