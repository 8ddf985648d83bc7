import type { Ticket } from '../../mirror/types.js';

/**
 * Tickets of one owner (law L7). A read that showed nothing new leaves no trace in the database; its ticket is kept
 * here as long as an older read is still under way, so that the older one cannot win.
 */
export interface Tickets {
  /** To be drawn before a read begins. */
  draw(): Ticket;
  /** The read, and what came of it, is over. */
  done(ticket: Ticket): void;
  /** Remembers that a person was read under this ticket and had not changed. */
  unchanged(objectId: string, ticket: Ticket): void;
  /** Whether a newer read of the person has been seen already. */
  isOvertaken(objectId: string, ticket: Ticket): boolean;
}

export function createTickets(epoch: number): Tickets {
  let last = 0;
  const underWay = new Set<number>();
  const newest = new Map<string, number>();
  return {
    draw: () => {
      underWay.add(++last);
      return { epoch, number: last };
    },
    done: ({ number }) => {
      underWay.delete(number);
      const oldest = underWay.size === 0 ? Number.POSITIVE_INFINITY : Math.min(...underWay);
      for (const [objectId, seen] of newest) if (seen <= oldest) newest.delete(objectId);
    },
    unchanged: (objectId, { number }) => {
      if (number > (newest.get(objectId) ?? 0)) newest.set(objectId, number);
    },
    isOvertaken: (objectId, { number }) => number < (newest.get(objectId) ?? 0),
  };
}
