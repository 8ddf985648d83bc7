import {
  alerted,
  finished,
  followed,
  handedOver,
  keepsPerson,
  MISSED_FOR_MS,
  missedUntil,
  started,
} from '../../../src/records/activities/activity-acts.js';
import { cancelForLeaver } from '../../../src/records/activities/leavers.js';
import { ALERT_KINDS } from '../../../src/records/activities/types.js';
import { anActivity, MISSED, NOW, RUNNING } from './an-activity.js';

const LATE = new Date('2026-03-01T22:30:00Z');

test.each([
  ['a planned one', {}],
  ['one whose start was missed', MISSED],
])('%s is started: it is open and nobody is looked for', (_, activity) => {
  const { activity: after, entry } = started(anActivity(activity), LATE);
  expect(after).toMatchObject({ status: 'active', alert: null, open: true, startedAt: LATE, updatedAt: LATE });
  expect(entry).toMatchObject({ kind: 'activity_update', activityId: 'a1', after: { status: 'active' } });
});

test.each([
  ['one that runs', RUNNING],
  ['one that runs with an alert', { ...RUNNING, alert: 'panic' as const }],
  ['one whose start was missed', MISSED],
])('%s is finished: it is not open any more', (_, activity) => {
  const { activity: after, entry } = finished(anActivity(activity), LATE);
  expect(after).toMatchObject({ status: 'finished', alert: null, finishedAt: LATE });
  expect(after).not.toHaveProperty('open');
  expect(entry?.before).toMatchObject({ status: anActivity(activity).status, finishedAt: null });
});

test('an alert makes an activity open, and a later one takes its place', () => {
  const missed = alerted(anActivity(), 'missed_start', LATE).activity;
  expect(missed).toMatchObject({ status: 'scheduled', alert: 'missed_start', open: true });
  const overdue = alerted(anActivity(RUNNING), 'overdue', LATE).activity;
  expect(alerted(overdue, 'panic', LATE)).toMatchObject({
    activity: { status: 'active', alert: 'panic', open: true },
    entry: { before: { alert: 'overdue' }, after: { alert: 'panic' } },
  });
});

test.each([
  ['started again', () => started(anActivity(RUNNING), LATE)],
  ['finished again', () => finished(anActivity({ status: 'finished' }), LATE)],
  ['raised again', () => alerted(anActivity(MISSED), 'missed_start', LATE)],
])('what is %s changes nothing and writes nothing', (_, act) => {
  const { activity, entry } = act();
  expect(entry).toBeNull();
  expect(activity.updatedAt).toBe(NOW);
});

test.each(['finished', 'cancelled'] as const)('nothing happens to an activity that is %s', (status) => {
  const refusal = { code: `activity_${status}`, status: 409, field: 'activity' };
  expect(() => started(anActivity({ status }), LATE)).toThrow(expect.objectContaining(refusal));
  for (const kind of ALERT_KINDS)
    expect(() => alerted(anActivity({ status }), kind, LATE)).toThrow(expect.objectContaining(refusal));
  if (status === 'cancelled')
    expect(() => finished(anActivity({ status }), LATE)).toThrow(expect.objectContaining(refusal));
});

test('an alert that does not fit is refused', () => {
  const refusal = expect.objectContaining({ code: 'alert_does_not_fit', field: 'kind' });
  expect(() => alerted(anActivity(), 'missed_start', NOW)).toThrow(refusal);
  expect(() => alerted(anActivity(RUNNING), 'missed_start', LATE)).toThrow(refusal);
  for (const kind of ALERT_KINDS.filter((each) => each !== 'missed_start'))
    expect(() => alerted(anActivity(), kind, LATE)).toThrow(refusal);
});

test('E50: an activity keeps its type, whatever becomes of it', () => {
  const activity = anActivity({ type: 'Field visit' });
  const about = { now: LATE, why: 'a test' };
  const { activity: followedOne } = followed(activity, { name: 'Pole 8', status: 'cancelled' }, about);
  expect(handedOver(followedOne, { userId: 'u2' }, about).activity).toMatchObject({
    userId: 'u2',
    type: 'Field visit',
  });
});

test('E60: what goes with an archive is cancelled with its reason, one entry each', () => {
  const { operations, entries } = cancelForLeaver([anActivity(), anActivity({ _id: 'a2' })], LATE);
  expect(entries).toMatchObject(
    ['a1', 'a2'].map((activityId) => ({
      ...{ kind: 'activity_cancel', activityId },
      before: { status: 'scheduled', cancelledReason: null },
      after: { status: 'cancelled', cancelledReason: 'person_archived' },
    })),
  );
  expect(operations).toHaveLength(2);
});

test('E10: a planned start that has passed keeps the person until it is settled, or a day after its finish', () => {
  const planned = anActivity();
  const over = new Date((planned.scheduledFinish?.getTime() ?? 0) + MISSED_FOR_MS);
  expect(keepsPerson(planned, NOW)).toBe(false);
  expect(keepsPerson(planned, LATE)).toBe(true);
  expect(missedUntil(planned, LATE)).toEqual(over);
  expect(keepsPerson(planned, over)).toBe(false);
  expect(keepsPerson(anActivity(MISSED), over)).toBe(true);
  expect(keepsPerson(anActivity(RUNNING), over)).toBe(true);
  const { activity, entry } = finished(planned, LATE);
  expect(entry?.why).toBe('settled: it was never started');
  expect(keepsPerson(activity, LATE)).toBe(false);
  expect(() => finished(planned, NOW)).toThrow(expect.objectContaining({ code: 'activity_not_started' }));
});
