import { ACCESS_INDEXES } from '../access/access-indexes.js';
import { CHANGE_INDEXES } from '../changes/change-indexes.js';
import { LATENCY_INDEXES } from '../changes/latency/latency-hours.js';
import { JOB_INDEXES } from '../jobs/alarm-clock.js';
import { CALENDAR_INDEXES } from '../mirror/calendars-store.js';
import { GROUP_INDEXES } from '../mirror/groups-store.js';
import { PEOPLE_INDEXES } from '../mirror/people-store.js';
import { NOTICE_INDEXES } from '../notices/notice-indexes.js';
import { RUN_INDEXES } from '../reconciliation/runs.js';
import { ACTIVITY_INDEXES } from '../records/activities/activity-indexes.js';
import { DECISION_INDEXES } from '../records/decisions.js';
import { LEDGER_INDEXES } from '../records/ledger.js';
import { OUTBOX_INDEXES } from '../records/outbox/outbox.js';
import { USER_INDEXES } from '../records/people/user-indexes.js';
import { PROBLEM_INDEXES } from '../records/problems/problems.js';
import { RUN_PROBLEM_INDEXES } from '../records/problems/run-problems.js';
import type { IndexDefinition } from '../store/indexes.js';
import { ONCE_INDEXES } from '../store/once-only.js';
import { REPORT_INDEXES } from '../subscriptions/endpoint-reports.js';
import { SUBSCRIPTION_INDEXES } from '../subscriptions/subscriptions-store.js';
import { SUSPECT_INDEXES } from '../sync/losses/suspects.js';
import { TENANCY_INDEXES } from '../tenancy/tenancy-indexes.js';

/** Every index there is, each with the query that it serves. */
export const INDEXES: readonly IndexDefinition[] = [
  ...CHANGE_INDEXES,
  ...LATENCY_INDEXES,
  ...PEOPLE_INDEXES,
  ...GROUP_INDEXES,
  ...CALENDAR_INDEXES,
  ...USER_INDEXES,
  ...ACTIVITY_INDEXES,
  ...OUTBOX_INDEXES,
  ...LEDGER_INDEXES,
  ...PROBLEM_INDEXES,
  ...DECISION_INDEXES,
  ...TENANCY_INDEXES,
  ...RUN_INDEXES,
  ...RUN_PROBLEM_INDEXES,
  ...SUBSCRIPTION_INDEXES,
  ...REPORT_INDEXES,
  ...SUSPECT_INDEXES,
  ...JOB_INDEXES,
  ...ONCE_INDEXES,
  ...ACCESS_INDEXES,
  ...NOTICE_INDEXES,
];
