import type { Collection, Document, Filter } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import type { ChangeKind } from '../../changes/types.js';
import type { Clock } from '../../kernel/clock.js';
import { CALENDARS, type CalendarRow } from '../../mirror/calendars-store.js';
import { CURSORS, type CursorRow } from '../../mirror/cursors.js';
import { PEOPLE, type PersonRow } from '../../mirror/types.js';
import type { Store } from '../../store/connect.js';
import { createSharedLook, type SharedLook } from './shared-look.js';

/** Each kind of work waits until its tenant has something to do; all tenants of a process share one look for it. */
export interface UntilDue {
  readonly people: SharedLook;
  readonly groups: SharedLook;
  readonly calendars: SharedLook;
  /** Lifecycle events of subscriptions. */
  readonly lifecycle: SharedLook;
  readonly looks: SharedLook;
  readonly mailboxes: SharedLook;
  /** A catch-up was asked for, or what one named is being read. */
  readonly rounds: SharedLook;
}

/** Pauses between two looks, in ms. */
const CHANGES_MS = 100;
const CALENDARS_MS = 250;
const LOOKS_MS = 250;
const ROUNDS_MS = 250;
const MAILBOXES_MS = 500;

export function createUntilDue(deps: { store: Store; changes: Changes; clock: Clock }): UntilDue {
  const { store, changes, clock } = deps;
  const people = store.collection<PersonRow>(PEOPLE);
  const calendars = store.collection<CalendarRow>(CALENDARS);
  const cursors = store.collection<CursorRow>(CURSORS);

  const told = look(CHANGES_MS, dueChanges);

  return {
    people: ofKind('user'),
    groups: ofKind('group'),
    calendars: look(CALENDARS_MS, async (tenantIds, now) => [
      ...(await changes.tenantsDue({ kinds: ['events'], tenantIds, now })).map(({ tenantId }) => tenantId),
      ...(await tenantsOf(calendars, { tenantId: { $in: [...tenantIds] }, dueAt: { $lte: now } }, 'tenant_due')),
    ]),
    lifecycle: ofKind('subscription'),
    looks: look(LOOKS_MS, (tenantIds, now) =>
      tenantsOf(people, { tenantId: { $in: [...tenantIds] }, 'look.at': { $lte: now } }, 'tenant_look'),
    ),
    mailboxes: look(MAILBOXES_MS, (tenantIds, now) =>
      tenantsOf(people, { tenantId: { $in: [...tenantIds] }, mailboxDueAt: { $lte: now } }, 'tenant_mailbox'),
    ),
    rounds: look(ROUNDS_MS, asked),
  };

  function look(everyMs: number, find: Parameters<typeof createSharedLook>[0]['find']): SharedLook {
    return createSharedLook({ clock, everyMs, find });
  }

  /** Works that wait for nothing but changes share one look, whatever their kinds. */
  function ofKind(kind: ChangeKind): SharedLook {
    return (tenantId, signal, mostMs) => told(`${kind} ${tenantId}`, signal, mostMs);
  }

  async function dueChanges(waiting: readonly string[], now: Date): Promise<string[]> {
    const pairs = waiting.map((each) => each.split(' '));
    const kinds = [...new Set(pairs.map(([kind]) => kind as ChangeKind))];
    const tenantIds = [...new Set(pairs.map(([, tenantId]) => tenantId ?? ''))];
    return (await changes.tenantsDue({ kinds, tenantIds, now })).map(({ kind, tenantId }) => `${kind} ${tenantId}`);
  }

  async function asked(tenantIds: readonly string[]): Promise<string[]> {
    // A round that never was is earlier than any that is asked for.
    const isAsked = { $expr: { $gt: ['$askedAt', '$roundAt'] } };
    const wanted = { _id: { $in: [...tenantIds] }, $or: [{ pending: { $ne: null } }, isAsked] };
    const found = await cursors.find(wanted).project<Pick<CursorRow, '_id'>>({ _id: 1 }).toArray();
    return found.map(({ _id }) => _id);
  }
}

/** Named indexes, as with every read of these collections; `distinct` takes none before MongoDB 7.1. */
async function tenantsOf<Row extends Document>(
  rows: Collection<Row>,
  due: Filter<Row>,
  hint: string,
): Promise<string[]> {
  const found = rows.aggregate<{ _id: string }>([{ $match: due }, { $group: { _id: '$tenantId' } }], { hint });
  return (await found.toArray()).map(({ _id }) => _id);
}
