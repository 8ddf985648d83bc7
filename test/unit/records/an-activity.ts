import type { ActivityRow } from '../../../src/records/activities/types.js';

export const NOW = new Date('2026-03-01T21:00:00Z');

/** Planned for an hour from now. */
export function anActivity(activity: Partial<ActivityRow> = {}): ActivityRow {
  return {
    ...{ _id: 'a1', enterpriseId: 'e1', organisationId: 'o1', userId: 'u1', name: 'Pole 7' },
    ...{ status: 'scheduled', alert: null, source: 'manual', destination: null, cancelledReason: null },
    scheduledStart: new Date('2026-03-01T22:00:00Z'),
    scheduledFinish: new Date('2026-03-01T23:00:00Z'),
    ...{ startedAt: null, finishedAt: null, createdAt: NOW, updatedAt: NOW },
    ...activity,
  };
}

export const RUNNING: Partial<ActivityRow> = { status: 'active', open: true, startedAt: NOW };
export const MISSED: Partial<ActivityRow> = {
  ...{ alert: 'missed_start', open: true },
  scheduledStart: new Date('2026-03-01T20:00:00Z'),
};
