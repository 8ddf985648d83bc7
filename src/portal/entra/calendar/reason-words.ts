import type { CalendarPreview, PreviewedEvent } from './types.js';

/** Why an event becomes no activity. */
export const REASONS: Readonly<Record<PreviewedEvent['reasons'][number], string>> = {
  cancelled: 'The meeting was cancelled.',
  private: 'It is private or confidential.',
  declined: 'The person declined it.',
  not_responded: 'The person has not answered it.',
  not_busy: 'It is not shown as work.',
  all_day: 'It lasts all day.',
  too_short: 'It is too short.',
  too_long: 'It is too long.',
  past: 'It has begun already.',
  rule: 'The rule wants other events.',
  no_activity_type: 'The organisation has no default activity type.',
};

/** Why a calendar is not read; null: it is. */
export const SCOPES: Readonly<Record<CalendarPreview['scope'], string | null>> = {
  in: null,
  waits: 'It is not known yet what Microsoft Entra ID says of this person: Sync Now, then try again.',
  not_a_person: 'The mailbox belongs to a room or equipment, or is shared.',
  out: 'The person is archived, or in no mapped Entra group.',
  off: 'Entra ID Users Sync is off: switch it on in Team Sync Settings.',
};
