import fc from 'fast-check';
import { DEFAULT_CALENDAR_RULE } from '../../../src/projection/calendar/default-calendar-rule.js';
import type { CalendarRule } from '../../../src/projection/calendar/types.js';
import type { Calendars, EventEdit, NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Rules that somebody may change to in the middle of a history. */
export const RULES: readonly CalendarRule[] = [
  DEFAULT_CALENDAR_RULE,
  { ...DEFAULT_CALENDAR_RULE, allDay: true, private: true },
  { ...DEFAULT_CALENDAR_RULE, include: 'category', values: ['Work'] },
  { ...DEFAULT_CALENDAR_RULE, showAs: ['busy', 'tentative', 'free'] },
];

/** When something is: hours from the midnight (UTC) after tomorrow's, and how long. */
interface Slot {
  readonly hour: number;
  readonly minutes: number;
}

/** One step of somebody's work with their calendar, or of GetHomeSafe's. `pick` chooses what it is done to. */
export type Step =
  | { readonly do: 'single'; readonly slot: Slot; readonly content: EventEdit }
  | { readonly do: 'series'; readonly slot: Slot; readonly content: EventEdit; readonly days: number }
  | { readonly do: 'double' | 'copy'; readonly pick: number }
  | { readonly do: 'edit' | 'editWhole'; readonly pick: number; readonly edit: EventEdit }
  | { readonly do: 'move' | 'moveWhole'; readonly pick: number; readonly slot: Slot }
  | { readonly do: 'delete' | 'deleteWhole' | 'toSeries' | 'toSingle'; readonly pick: number }
  | { readonly do: 'start' | 'remove'; readonly pick: number }
  | { readonly do: 'rule'; readonly pick: number }
  | { readonly do: 'read' };

const names = ['Pole 7', 'Pole 8', 'Mill'] as const;
const named = (subject: string): EventEdit => ({ subject, location: { displayName: `at ${subject}` } });
const name = fc.constantFrom(...names).map(named);

/** Few hours, so that events meet and are twins; some beyond the days that are read ahead. */
const slot: fc.Arbitrary<Slot> = fc.record({
  hour: fc.constantFrom(0, 9, 9, 10, 33, 34, 57, 80, 200, 300, 340, 400, 600),
  minutes: fc.constantFrom(60, 60, 60, 90, 3, 25 * 60),
});

const detail: fc.Arbitrary<EventEdit> = fc.oneof(
  name,
  fc.constantFrom<EventEdit[]>(
    ...([{ isCancelled: true }, { isCancelled: false }] as const),
    ...(['busy', 'busy', 'free', 'oof', 'tentative'] as const).map((showAs) => ({ showAs })),
    ...(['normal', 'normal', 'private', 'confidential'] as const).map((sensitivity) => ({ sensitivity })),
    ...[{ categories: ['Work'] }, { categories: [] }],
    ...(['accepted', 'declined'] as const).map((response) => ({ responseStatus: { response } })),
  ),
);

const content: fc.Arbitrary<EventEdit> = fc
  .tuple(name, detail, fc.constantFrom(false, false, false, true))
  .map(([called, other, isAllDay]) => ({ ...called, ...other, isAllDay }));

const pick = fc.nat({ max: 1_000 });
const picking = <Do extends string>(...does: readonly Do[]) => fc.record({ do: fc.constantFrom(...does), pick });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('single' as const), slot, content }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('series' as const), slot, content, days: fc.constantFrom(1, 2, 7) }),
  },
  { weight: 2, arbitrary: picking('double', 'copy') },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('edit' as const, 'editWhole' as const), pick, edit: detail }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('move' as const, 'moveWhole' as const), pick, slot }) },
  { weight: 4, arbitrary: picking('delete', 'deleteWhole', 'toSeries', 'toSingle') },
  { weight: 2, arbitrary: picking('start', 'remove') },
  { weight: 1, arbitrary: picking('rule') },
  { weight: 4, arbitrary: fc.constant({ do: 'read' as const }) },
);

/** Something is there and was read, then about fifteen steps in any order. */
export const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.record({ do: fc.constant('single' as const), slot, content: name }),
    fc.record({ do: fc.constant('series' as const), slot, content: name, days: fc.constantFrom(1, 7) }),
    fc.array(step, { minLength: 8, maxLength: 18 }),
  )
  .map(([single, series, steps]) => [single, series, { do: 'read' as const }, ...steps]);

/** Whose calendar, and when. */
interface Place {
  readonly calendars: Calendars;
  readonly objectId: string;
  readonly now: Date;
}

/** Does a step to the calendar; what there is nothing to do it to does nothing. */
export function edit({ calendars, objectId, now }: Place, wanted: Step): void {
  const view = calendars.view(objectId);
  const listed = view.between({ fromMs: now.getTime(), toMs: now.getTime() + 90 * DAY_MS, zone: 'UTC' });
  const whole = view.all();
  const of = <T>(items: readonly T[], index: number) => items[index % Math.max(1, items.length)];
  switch (wanted.do) {
    case 'single':
    case 'series': {
      const given = { ...wanted.content, ...times(wanted.slot, now, wanted.content.isAllDay) };
      calendars.createEvent(
        objectId,
        wanted.do === 'single' ? given : { ...given, recurrence: daily(given, wanted.days) },
      );
      return;
    }
    case 'double':
    case 'copy': {
      const original = of(whole, wanted.pick);
      if (original?.type !== 'singleInstance') return;
      const { iCalUId } = original;
      calendars.createEvent(objectId, { ...original.content, ...(wanted.do === 'copy' ? { iCalUId } : {}) });
      return;
    }
    case 'edit':
    case 'editWhole':
    case 'move':
    case 'moveWhole': {
      const target = of(wanted.do.endsWith('Whole') ? whole : listed, wanted.pick);
      if (target === undefined) return;
      const change = 'edit' in wanted ? wanted.edit : times(wanted.slot, now, target.content.isAllDay);
      calendars.updateEvent(objectId, target.id, change);
      return;
    }
    default:
      takeApart(
        { calendars, objectId, now },
        wanted,
        'pick' in wanted ? of(wanted.do === 'delete' ? listed : whole, wanted.pick) : undefined,
      );
  }
}

function takeApart(
  { calendars, objectId }: Place,
  wanted: Step,
  target: ReturnType<ReturnType<Calendars['view']>['all']>[number] | undefined,
): void {
  if (target === undefined) return;
  if (wanted.do === 'delete' || wanted.do === 'deleteWhole')
    calendars.deleteEvent(objectId, target.id, { purge: wanted.pick % 2 === 0 });
  if (wanted.do === 'toSeries')
    calendars.updateEvent(objectId, target.id, { recurrence: daily(target.content as NewEvent, 1) });
  if (wanted.do === 'toSingle') calendars.updateEvent(objectId, target.id, { recurrence: null });
}

function times({ hour, minutes }: Slot, now: Date, isAllDay = false): Pick<NewEvent, 'start' | 'end'> {
  const first = (Math.floor(now.getTime() / DAY_MS) + 2) * DAY_MS;
  const at = first + (isAllDay ? Math.floor(hour / 24) * 24 : hour) * HOUR_MS;
  const end = isAllDay ? at + DAY_MS : at + minutes * 60_000;
  const wall = (ms: number) => ({ dateTime: `${new Date(ms).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' });
  return { start: wall(at), end: wall(end) };
}

function daily({ start }: NewEvent, interval: number) {
  const startDate = start.dateTime.slice(0, 10);
  const range = { type: 'numbered', startDate, numberOfOccurrences: 4 } as const;
  return { pattern: { type: 'daily', interval }, range } as const;
}
