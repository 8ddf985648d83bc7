import { normaliseName } from '../values/name.js';
import { instantOf, type RawTime, wallOf } from './event-times.js';
import type { CalendarEvent } from './types.js';

/** Longest subject, location or category that is kept, in characters: our own limit, which a name of an activity fits. */
export const TEXT_MAX_LENGTH = 255;

type Text = string | null | undefined;

/** An event as Graph answers it; whatever is missing was not told. */
export interface RawEvent {
  readonly id?: Text;
  readonly iCalUId?: Text;
  readonly type?: Text;
  readonly seriesMasterId?: Text;
  /** UTC, of occurrences and exceptions: the start before any move. */
  readonly originalStart?: Text;
  readonly subject?: Text;
  readonly location?: { readonly displayName?: Text } | null | undefined;
  readonly categories?: readonly string[] | null | undefined;
  readonly start?: RawTime | null | undefined;
  readonly end?: RawTime | null | undefined;
  readonly isAllDay?: boolean | null | undefined;
  readonly showAs?: Text;
  readonly sensitivity?: Text;
  readonly isCancelled?: boolean | null | undefined;
  readonly isOrganizer?: boolean | null | undefined;
  readonly isOnlineMeeting?: boolean | null | undefined;
  readonly responseStatus?: { readonly response?: Text } | null | undefined;
}

/** An event that no rule can judge: what is there because of it stays. */
export interface UnreadableEvent {
  readonly id: string | null;
  /** What is wrong with it, in words that name the property. */
  readonly unreadable: string;
}

/**
 * An event of Graph as the rules see it. null: the master of a series, which is never an event by itself (E46). Where
 * an activity's event is read by its id and is a master now, the single event is gone: its occurrences are listed.
 */
export function eventOf(raw: RawEvent | UnreadableEvent): CalendarEvent | UnreadableEvent | null {
  if ('unreadable' in raw) return raw;
  if (raw.type === 'seriesMaster') return null;
  const id = raw.id ?? '';
  if (id === '') return { id: null, unreadable: 'id is missing' };
  const type = typeOf(raw);
  if (type === null) return { id, unreadable: `type ${shown(raw.type)} is not known` };
  const isAllDay = raw.isAllDay === true;
  const start = timeOf('start', raw.start, isAllDay);
  const end = timeOf('end', raw.end, isAllDay);
  if ('problem' in start) return { id, unreadable: start.problem };
  if ('problem' in end) return { id, unreadable: end.problem };
  const occurrence = type === 'singleInstance' ? '' : occurrenceOf(raw, type === 'occurrence' ? start.at : null);
  if (occurrence === null) return { id, unreadable: `originalStart ${shown(raw.originalStart)} is no instant` };
  const sensitivity = raw.sensitivity ?? 'normal';
  return {
    id,
    key: keyOf(raw, occurrence) || id,
    type,
    ...(isHidden({ sensitivity }) ? NOTHING_TOLD : toldBy(raw)),
    start: start.at,
    end: end.at,
    isAllDay,
    showAs: raw.showAs ?? 'unknown',
    sensitivity,
    isCancelled: raw.isCancelled === true,
    isOnline: raw.isOnlineMeeting === true,
    response: responseOf(raw),
  };
}

/** Whose words are nobody's business (E49); a sensitivity that we do not know is taken for one that hides. */
export function isHidden({ sensitivity }: Pick<CalendarEvent, 'sensitivity'>): boolean {
  return sensitivity !== 'normal' && sensitivity !== 'personal';
}

const NOTHING_TOLD = { subject: null, location: null, categories: [] };

function toldBy({ subject, location, categories }: RawEvent): Pick<CalendarEvent, keyof typeof NOTHING_TOLD> {
  return {
    subject: cleanText(subject),
    location: cleanText(location?.displayName),
    categories: (categories ?? []).flatMap((category) => cleanText(category) ?? []),
  };
}

/** Text as it is kept: NFC, single spaces, nothing invisible, cut at `TEXT_MAX_LENGTH`; null where nothing is left. */
export function cleanText(raw: Text): string | null {
  // Half of a surrogate pair would come back from the database as another character.
  const text = normaliseName((raw ?? '').replace(/\p{Cs}/gu, '')).replace(/\s+/gu, ' ');
  const characters = [...text.trim()].slice(0, TEXT_MAX_LENGTH);
  return characters.join('').trimEnd() || null;
}

function typeOf({ type, seriesMasterId }: RawEvent): CalendarEvent['type'] | null {
  switch (type ?? (seriesMasterId ? 'occurrence' : 'singleInstance')) {
    case 'singleInstance':
      return 'singleInstance';
    case 'occurrence':
      return 'occurrence';
    case 'exception':
      return 'exception';
    default:
      return null;
  }
}

/** An instant, or a date of an all-day event. */
function timeOf(name: 'start' | 'end', time: RawTime | null | undefined, isAllDay: boolean) {
  const text = time?.dateTime ?? '';
  if (text === '') return { problem: `${name}.dateTime is missing` };
  const wall = wallOf(text);
  if (wall === null) return { problem: `${name}.dateTime ${shown(text)} is no date and time` };
  // A date floats: whatever zone it was asked in, it is not converted (E45).
  if (isAllDay) return { at: wall.date };
  const at = instantOf(wall, time?.timeZone ?? '');
  if (at !== null) return { at };
  if (!time?.timeZone) return { problem: `${name}.timeZone is missing` };
  return { problem: `${name}.timeZone ${shown(time.timeZone)} is not known` };
}

/**
 * Which of its series: the start before any move, as an instant. An occurrence that does not tell it was never moved;
 * an exception that does not is known by its id. null: it is told and cannot be read.
 */
function occurrenceOf({ id, originalStart }: RawEvent, unmoved: string | null): string | null {
  const told = originalStart || unmoved;
  if (!told) return id ?? '';
  const wall = wallOf(told);
  return wall === null ? null : instantOf(wall, 'UTC');
}

/** Empty where there is no iCalUId: then the event is known by its id. */
function keyOf({ iCalUId }: RawEvent, occurrence: string): string {
  if (!iCalUId) return '';
  return occurrence === '' ? iCalUId : `${iCalUId}|${occurrence}`;
}

/** Of an event of one's own, Graph says `none`, `organizer`, or nothing. */
function responseOf({ isOrganizer, responseStatus }: RawEvent): string {
  const response = responseStatus?.response ?? 'none';
  const isOwn = isOrganizer === true && (response === 'none' || response === 'notResponded');
  return isOwn ? 'organizer' : response;
}

function shown(text: Text): string {
  return JSON.stringify((text ?? '').slice(0, 80));
}
