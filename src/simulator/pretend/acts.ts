import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { readInput } from '../control/control-exchange.js';
import { userSchema } from '../control/directory-controls.js';
import { eventEditSchema, newEventSchema } from '../control/event-input.js';
import { instantOf } from '../world/calendar/wall-time.js';
import type { Tenant } from '../world/types.js';
import type { Fields } from './exchange.js';
import { mailboxZone } from './mailbox-zone.js';

export interface Act {
  /** Where it is done, and what is shown afterwards. */
  readonly page: 'person' | 'calendar';
  /** What is said when it is done. */
  readonly done: string;
  run(on: { readonly tenant: Tenant; readonly userId: string; readonly fields: Fields }): void;
}

/** Names of the properties of a person that can be changed here, with their labels. */
export const DETAILS = {
  givenName: 'First name',
  surname: 'Last name',
  mobilePhone: 'Mobile phone',
  country: 'Country or region',
  mail: 'Email',
} as const;

/** Everything that can be done, by the last part of its address; each by the functions behind the control routes. */
export const ACTS: Readonly<Record<string, Act>> = {
  details: {
    ...{ page: 'person', done: 'Saved.' },
    run: ({ tenant, userId, fields }) => {
      const names = Object.keys(DETAILS).filter((name) => name in fields);
      const texts = names.map((name) => [name, fields[name]?.trim() || null]);
      tenant.directory.updateUser(userId, readInput(Object.fromEntries(texts), userSchema));
    },
  },
  enable: { page: 'person', done: 'The account is enabled.', run: (on) => setEnabled(on, true) },
  disable: { page: 'person', done: 'The account is disabled.', run: (on) => setEnabled(on, false) },
  delete: {
    ...{ page: 'person', done: 'Deleted. The account can be restored for 30 days.' },
    run: ({ tenant, userId }) => void tenant.directory.deleteUser(userId, false),
  },
  restore: {
    ...{ page: 'person', done: 'Restored.' },
    run: ({ tenant, userId }) => void tenant.directory.restoreUser(userId),
  },
  join: {
    ...{ page: 'person', done: 'Put into the group.' },
    run: ({ tenant, userId, fields }) => void tenant.directory.addMember(groupIn(fields), userId),
  },
  leave: {
    ...{ page: 'person', done: 'Taken out of the group.' },
    run: ({ tenant, userId, fields }) => void tenant.directory.removeMember(groupIn(fields), userId),
  },
  'event-new': {
    ...{ page: 'calendar', done: 'The event is in the calendar.' },
    run: ({ tenant, userId, fields }) => {
      const { subject, showAs, private: isPrivate } = fields;
      const sensitivity = isPrivate ? 'private' : 'normal';
      const event = { subject: subject?.trim() || null, showAs, sensitivity, ...timesIn(tenant, { userId, fields }) };
      tenant.calendars.createEvent(userId, readInput(event, newEventSchema));
    },
  },
  'event-edit': {
    ...{ page: 'calendar', done: 'The event is changed.' },
    run: (on) => {
      const times = 'start' in on.fields ? timesIn(on.tenant, on) : {};
      edit(on, { subject: on.fields['subject']?.trim() || null, ...times });
    },
  },
  'event-private': {
    ...{ page: 'calendar', done: 'The event is private.' },
    run: (on) => edit(on, { sensitivity: 'private' }),
  },
  'event-public': {
    ...{ page: 'calendar', done: 'The event is not private any more.' },
    run: (on) => edit(on, { sensitivity: 'normal' }),
  },
  'event-cancel': {
    ...{ page: 'calendar', done: 'The event is cancelled.' },
    run: (on) => edit(on, { isCancelled: true }),
  },
  'event-delete': {
    ...{ page: 'calendar', done: 'The event is deleted.' },
    run: ({ tenant, userId, fields }) => void tenant.calendars.deleteEvent(userId, fields['event'] ?? ''),
  },
};

type On = Parameters<Act['run']>[0];

function setEnabled({ tenant, userId }: On, accountEnabled: boolean): void {
  tenant.directory.updateUser(userId, readInput({ accountEnabled }, userSchema));
}

function groupIn({ group = '' }: Fields): string {
  const id = normaliseGuid(group);
  if (id === null) throw new AppError('no_group', 'Choose a group first.', { field: 'group' });
  return id;
}

function edit({ tenant, userId, fields }: On, change: object): void {
  tenant.calendars.updateEvent(userId, fields['event'] ?? '', readInput(change, eventEditSchema));
}

/** Times as the form has them, in the zone of the mailbox. */
function timesIn(tenant: Tenant, { userId, fields }: Pick<On, 'userId' | 'fields'>) {
  const { timeZone } = mailboxZone(tenant.view().user(userId));
  const [start, end] = ['start', 'end'].map((name) => ({ dateTime: withSeconds(fields[name]), timeZone }));
  if (start && end && instantOf(end) < instantOf(start))
    throw new AppError('ends_too_early', 'The event ends before it starts: mend its times.', { field: 'end' });
  return { start, end };
}

/** Browsers leave seconds of zero out. */
function withSeconds(text = ''): string {
  return /T\d\d:\d\d$/.test(text) ? `${text}:00` : text;
}
