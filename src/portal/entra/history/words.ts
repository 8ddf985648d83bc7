import type { Run } from '../../api/types.js';
import type { RunItem } from './types.js';

export const STATUS_WORDS: Readonly<Record<Run['status'], { label: string; color: string }>> = {
  queued: { label: 'Waiting', color: 'gray' },
  running: { label: 'Syncing', color: 'blue' },
  succeeded: { label: 'Succeeded', color: 'teal' },
  succeeded_with_errors: { label: 'Succeeded with errors', color: 'yellow' },
  failed: { label: 'Failed', color: 'red' },
  cancelled: { label: 'Cancelled', color: 'gray' },
  skipped: { label: 'Skipped', color: 'gray' },
};

export function triggerInWords({ trigger, dry, planId }: Pick<Run, 'trigger' | 'dry' | 'planId'>): string {
  if (dry) return 'Preview';
  if (planId !== null) return 'Plan applied';
  return { manual: 'Sync Now', scheduled: 'Schedule', restore: 'After a restore' }[trigger];
}

export const isOpen = ({ status }: Pick<Run, 'status'>) => status === 'queued' || status === 'running';

export const KIND_WORDS: Readonly<Record<RunItem['kind'], string>> = {
  create: 'Added',
  update: 'Changed',
  archive: 'Archived',
  restore: 'Restored',
  join: 'Joined team',
  leave: 'Left team',
  link: 'Linked',
  remove: 'Removed',
  activity_create: 'Activity added',
  activity_update: 'Activity changed',
  activity_cancel: 'Activity cancelled',
  problem: 'Problem',
};

const FIELD_WORDS: Readonly<Record<string, string>> = {
  firstName: 'First Name',
  lastName: 'Last Name',
  email: 'Email Address',
  mobilePhone: 'Mobile Phone Number',
  country: 'Country',
  timeZone: 'Time Zone',
};

export const fieldInWords = (field: string) => FIELD_WORDS[field] ?? field;

/** `duplicate_email` as people read it. */
export function codeInWords(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The counts of a run that are worth a line, of one and of more, in the order of what happened. */
const COUNT_WORDS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  seen: ['person seen', 'people seen'],
  created: ['added', 'added'],
  updated: ['changed', 'changed'],
  archived: ['archived', 'archived'],
  restored: ['restored', 'restored'],
  teamAdded: ['team membership added', 'team memberships added'],
  teamRemoved: ['team membership removed', 'team memberships removed'],
  activitiesCreated: ['activity added', 'activities added'],
  activitiesUpdated: ['activity changed', 'activities changed'],
  activitiesCancelled: ['activity cancelled', 'activities cancelled'],
  calendarsFailed: ['calendar not read', 'calendars not read'],
  failed: ['error', 'errors'],
  warnings: ['warning', 'warnings'],
};

/** What a run did, without what it did not do. */
export function countsInWords(counts: Run['counts']): string[] {
  return Object.entries(COUNT_WORDS).flatMap(([name, [one, more]]) => {
    const count = counts[name] ?? 0;
    return count > 0 ? [`${count.toLocaleString()} ${count === 1 ? one : more}`] : [];
  });
}
