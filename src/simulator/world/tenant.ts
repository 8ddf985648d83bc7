import { DAY_MS } from '../../kernel/clock.js';
import type { NewEvent } from './calendar/calendar-types.js';
import { createCalendars } from './calendar/calendars.js';
import { createCommitLog } from './directory/commit-log.js';
import { HISTORY_MS } from './directory/directory-history.js';
import { createDirectoryState, type DirectoryState } from './directory/directory-state.js';
import { pastView, presentView } from './directory/directory-view.js';
import type { EditContext } from './directory/edit-context.js';
import {
  addMember,
  createGroup,
  deleteGroup,
  removeMember,
  restoreGroup,
  updateGroup,
} from './directory/group-edits.js';
import { createUser, deleteUser, restoreUser, updateUser } from './directory/user-edits.js';
import type { SeededRandom } from './seeded-random.js';
import type { DirectoryUser, DirectoryView, DirectoryWriter, SimulatedClock, Tenant } from './types.js';

/** Soft-deleted objects go for good after 30 days (Microsoft Graph documentation, directory deletedItems). */
const RESTORABLE_MS = 30 * DAY_MS;

/** A tenant whose directory `fill` puts in place before anything is remembered or committed. */
export function createTenant(deps: {
  id: string;
  displayName: string;
  domain: string;
  clock: SimulatedClock;
  random: SeededRandom;
  fill(state: DirectoryState): Tenant['administrators'];
  consentedRoles: readonly string[];
  /** What stands in the calendar of a mailbox before anything is announced. */
  eventsOf?(user: DirectoryUser): readonly NewEvent[];
}): Tenant {
  const { id, displayName, domain, random } = deps;
  const state = createDirectoryState(deps.clock);
  const administrators = deps.fill(state);
  state.remembering = true;
  const log = createCommitLog();
  const context = { state, log, random, domain };
  const fresh = <T>(read: () => T): T => {
    purgeExpired(context);
    return read();
  };
  const view: Tenant['view'] = (lagMs = 0) => fresh(() => viewAt(context, lagMs));
  const { calendars, fill } = createCalendars({ tenantId: id, clock: deps.clock, directory: view });
  for (const user of state.users.values()) {
    const events = deps.eventsOf?.(user) ?? [];
    if (events.length > 0) fill(user.id, events);
  }
  return {
    ...{ id, displayName, domain, administrators, consentedRoles: new Set(deps.consentedRoles) },
    ...{ view, calendars },
    directory: createDirectoryWriter(context),
    commitsAfter: (sequence) => fresh(() => log.after(sequence)),
    latestSequence: () => fresh(() => log.latestSequence()),
    onCommit: log.onCommit,
  };
}

function viewAt({ state, log }: EditContext, lagMs: number): DirectoryView {
  if (lagMs <= 0) return presentView(state, log.latestSequence());
  const cutoffMs = state.nowMs() - Math.min(lagMs, HISTORY_MS);
  return pastView(state, log.sequenceAt(cutoffMs), cutoffMs);
}

function createDirectoryWriter(context: EditContext): DirectoryWriter {
  return {
    createUser: (properties, mailbox) => createUser(context, properties, mailbox),
    updateUser: (id, properties, mailbox) =>
      updateUser(context, id, mailbox === undefined ? { properties } : { properties, mailbox }),
    deleteUser: (id, permanent) => deleteUser(context, id, permanent),
    restoreUser: (id) => restoreUser(context, id),
    createGroup: (properties) => createGroup(context, properties),
    updateGroup: (id, properties) => updateGroup(context, id, properties),
    deleteGroup: (id, permanent = false) => deleteGroup(context, id, permanent),
    restoreGroup: (id) => restoreGroup(context, id),
    addMember: (groupId, memberId) => addMember(context, groupId, memberId),
    removeMember: (groupId, memberId) => removeMember(context, groupId, memberId),
  };
}

/** Deletes for good what was soft deleted 30 days ago: done on reading, so that no timer is needed. */
function purgeExpired(context: EditContext): void {
  const { state } = context;
  const dueMs = state.nowMs() - RESTORABLE_MS;
  for (const [id, deletedAtMs] of state.softDeleted) {
    if (deletedAtMs > dueMs) return;
    if (state.users.has(id)) deleteUser(context, id, true);
    else deleteGroup(context, id, true);
  }
}
