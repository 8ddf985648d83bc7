import type { CalendarRule } from './types.js';

/** Type of activities of an organisation that has chosen none; also of those from before types were kept. */
export const ORDINARY_TYPE = 'Calendar activity';

/** What is eligible unless somebody says otherwise (E43). */
export const DEFAULT_CALENDAR_RULE: CalendarRule = {
  include: 'all_busy',
  values: [],
  showAs: ['busy', 'oof', 'workingElsewhere'],
  minMinutes: 5,
  maxMinutes: 24 * 60,
  private: false,
  allDay: false,
  online: 'any',
};
