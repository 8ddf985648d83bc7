import { AppError } from '../../kernel/app-error.js';
import { normaliseName } from '../../projection/values/name.js';
import type { UserRow } from '../types.js';
import type { ActivityRow } from './types.js';

/** Longest name or destination, in characters: the longest subject that a calendar of Exchange keeps. */
const TEXT_MAX_LENGTH = 255;

export interface ScheduledActivity {
  /** As typed. */
  readonly name: string;
  readonly start: Date;
  readonly finish: Date;
  readonly destination?: string | null;
}

/** A planned activity; refused where it would end before it begins. */
export function plannedActivity(
  user: UserRow,
  { name, start, finish, destination }: ScheduledActivity,
  { id, now }: { id: string; now: Date },
): ActivityRow {
  if (finish <= start) {
    const text = `The activity finishes at ${finish.toISOString()}, which is not after its start at ${start.toISOString()}.`;
    throw new AppError('invalid_input', text, { field: 'finish' });
  }
  const blank = blankActivity(user, { id, now });
  const place = destination ? text(destination, 'destination') : null;
  return {
    ...blank,
    name: text(name, 'name') ?? empty('name'),
    scheduledStart: start,
    scheduledFinish: finish,
    destination: place,
  };
}

/** An activity that nobody planned, running from now on. */
export function unplannedActivity(
  user: UserRow,
  { name }: { name?: string | undefined },
  { id, now }: { id: string; now: Date },
): ActivityRow {
  const given = name === undefined ? null : (text(name, 'name') ?? empty('name'));
  const blank = blankActivity(user, { id, now });
  return { ...blank, name: given ?? 'Unplanned activity', status: 'active', open: true, startedAt: now };
}

/** What every activity of a person begins as. */
export function blankActivity(
  { _id: userId, enterpriseId, organisationId }: UserRow,
  about: { id: string; now: Date },
) {
  return {
    ...{ _id: about.id, enterpriseId, organisationId, userId },
    type: null,
    status: 'scheduled' as const,
    alert: null,
    scheduledStart: null,
    scheduledFinish: null,
    startedAt: null,
    finishedAt: null,
    cancelledReason: null,
    source: 'manual' as const,
    destination: null,
    createdAt: about.now,
    updatedAt: about.now,
  };
}

/** Tidied as names are; null where nothing is left. */
function text(raw: string, field: string): string | null {
  const tidy = normaliseName(raw);
  if (tidy.length <= TEXT_MAX_LENGTH) return tidy === '' ? null : tidy;
  const message = `The ${field} has ${tidy.length} characters: at most ${TEXT_MAX_LENGTH}.`;
  throw new AppError('invalid_input', message, { field });
}

function empty(field: string): never {
  throw new AppError('invalid_input', `The ${field} is empty: say what the activity is.`, { field });
}
