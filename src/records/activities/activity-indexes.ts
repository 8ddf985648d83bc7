import type { IndexDefinition } from '../../store/indexes.js';
import { ACTIVITIES } from './types.js';

export const ACTIVITY_INDEXES: readonly IndexDefinition[] = [
  {
    collection: ACTIVITIES,
    name: 'open',
    keys: { enterpriseId: 1, userId: 1 },
    options: { partialFilterExpression: { open: { $exists: true } } },
    serves: 'whose archiving waits (E10)',
  },
  {
    collection: ACTIVITIES,
    name: 'planned',
    keys: { enterpriseId: 1, userId: 1, scheduledFinish: 1, scheduledStart: 1 },
    options: { partialFilterExpression: { status: 'scheduled' } },
    serves: 'whose start was missed lately (E10), among all that were ever planned and never begun',
  },
  {
    collection: ACTIVITIES,
    name: 'by_person',
    keys: { enterpriseId: 1, userId: 1, status: 1, scheduledStart: 1 },
    serves: 'activities of a person; what an archive cancels',
  },
  {
    collection: ACTIVITIES,
    name: 'one_an_event',
    keys: { userId: 1, 'calendar.key': 1 },
    options: { unique: true, partialFilterExpression: { 'calendar.key': { $exists: true } } },
    serves: 'one activity for each event of a person; earlier ones of an event',
  },
  {
    collection: ACTIVITIES,
    name: 'lately_from_calendar',
    keys: { userId: 1, scheduledFinish: 1 },
    options: { partialFilterExpression: { 'calendar.key': { $exists: true } } },
    serves: 'what of a calendar may still follow it',
  },
  {
    collection: ACTIVITIES,
    name: 'to_come',
    keys: { enterpriseId: 1, source: 1, status: 1, scheduledStart: 1 },
    serves: 'how many activities are scheduled, for the guard (law L12)',
  },
  {
    collection: ACTIVITIES,
    name: 'by_age',
    keys: { enterpriseId: 1, createdAt: 1, _id: 1 },
    serves: 'the list of activities',
  },
];
