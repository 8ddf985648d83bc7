import { z } from 'zod';

/**
 * Attributes read of every event: what the rules look at and an activity shows. No body and no attendees, which are
 * nobody's business (E49). createdDateTime and lastModifiedDateTime cannot be selected on calendarView.
 */
export const EVENT_ATTRIBUTES = [
  'id',
  'iCalUId',
  'type',
  'seriesMasterId',
  'originalStart',
  'subject',
  'location',
  'categories',
  'start',
  'end',
  'isAllDay',
  'showAs',
  'sensitivity',
  'isCancelled',
  'isOrganizer',
  'isOnlineMeeting',
  'responseStatus',
] as const;

const text = z.string({ error: 'is no text' }).nullish();
const flag = z.boolean({ error: 'is neither true nor false' }).nullish();
const time = z.object({ dateTime: text, timeZone: text }, { error: 'is no date and time' }).nullish();

/**
 * An event as Graph answers it. Whatever is missing is left to the rules, which say what they cannot do without; ids of
 * events keep their capitals, which tell them apart.
 */
export const graphEventSchema = z.object(
  {
    id: text,
    iCalUId: text,
    /** singleInstance, occurrence, exception, seriesMaster. */
    type: text,
    seriesMasterId: text,
    /** ISO 8601 in UTC, of occurrences and exceptions. */
    originalStart: text,
    subject: text,
    location: z.object({ displayName: text }, { error: 'is no location' }).nullish(),
    categories: z.array(z.string({ error: 'is no text' }), { error: 'is no list' }).nullish(),
    /** Wall time without offset in the zone beside it: UTC, a Windows name or an IANA name. */
    start: time,
    end: time,
    isAllDay: flag,
    showAs: text,
    sensitivity: text,
    isCancelled: flag,
    isOrganizer: flag,
    isOnlineMeeting: flag,
    responseStatus: z.object({ response: text }, { error: 'is no response' }).nullish(),
  },
  { error: 'is no event' },
);

export type GraphEvent = z.infer<typeof graphEventSchema>;

/** An event, or in words what is wrong with it and whose it is; one bad event does not spoil a page. */
export function graphEventOf(raw: unknown): GraphEvent | { readonly id: string | null; readonly unreadable: string } {
  const parsed = graphEventSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const id = z.object({ id: z.string() }).safeParse(raw).data?.id ?? null;
  return { id, unreadable: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not usable'}`.trimStart() };
}
