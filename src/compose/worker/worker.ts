import type { Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { type AlarmClock, startAlarmClock } from '../../jobs/alarm-clock.js';
import { type Job, jobTable } from '../../jobs/job-table.js';
import { DAY_MS } from '../../kernel/clock.js';
import { keyId } from '../../kernel/secrets.js';
import { askLooks } from '../../notices/look.js';
import { createDryRun } from '../../reconciliation/dry-run.js';
import { createFullRun } from '../../reconciliation/full-run.js';
import { createLostGroups } from '../../reconciliation/groups/lost-groups.js';
import { pruneHistory } from '../../reconciliation/history/prune-history.js';
import { createMayRun } from '../../reconciliation/may-run.js';
import { createRunWork } from '../../reconciliation/run-work.js';
import { createRunWrites } from '../../reconciliation/run-writes.js';
import { linkedAmong, linkedPeople } from '../../records/linked.js';
import {
  createSubscriptionsWork,
  type SubscriptionOwner,
  type SubscriptionsWorkDeps,
} from '../../subscriptions/subscriptions-work.js';
import { type DesiredSubscription, mailboxOf } from '../../subscriptions/types.js';
import { type Farewell, startFarewell } from '../../subscriptions/upkeep/farewell.js';
import { createAdmissionWork } from '../../sync/admission/admission-work.js';
import { createCatchUpWork } from '../../sync/catch-up-work.js';
import { createGroupsWork } from '../../sync/groups-work.js';
import { createLooksWork } from '../../sync/looks-work.js';
import { createLosses } from '../../sync/losses/judge-losses.js';
import { createCalendarWork } from '../../sync/mailboxes/calendar-work.js';
import { createMailboxWork } from '../../sync/mailboxes/mailbox-work.js';
import { type Owner, type OwnerWork, startOwner } from '../../sync/owner.js';
import { createBudgetWork } from '../../sync/pacing/budget-work.js';
import { createPeopleWork } from '../../sync/people-work.js';
import { createWakeHeld } from '../../sync/plan/guard/wake-held.js';
import { startWorkers, type Workers } from '../../sync/workers.js';
import { CONNECTION_CODES } from '../../tenancy/run-marks.js';
import { isListening } from '../../tenancy/settings/integration-settings.js';
import { lookBehind } from '../mirror.js';
import { type Foundation, foundation, type WorkParts } from './foundation.js';
import { countFailedWork, measureWorkers } from './metrics.js';

/** The kinds of work that the owner of a tenant does, in one list (law L3). */
export function composeWorks(services: Services, parts: WorkParts): OwnerWork[] {
  const base = foundation(services, parts);
  const { store, runs, look } = base;
  const requestFullRead = async ({ enterpriseId }: Owner) => {
    const wanted = { enterpriseId, trigger: 'restore', requestedBy: 'catch-up', dry: false } as const;
    return !(await runs.request(wanted)).alreadyRunning;
  };
  return [
    createPeopleWork(base),
    createGroupsWork({ ...base, catchUpGroups: look }),
    createLooksWork(base),
    createWakeHeld(base),
    createMailboxWork(base),
    createCalendarWork(base),
    createCatchUpWork({
      ...base,
      linked: (of, ids) => linkedAmong(store, of, ids),
      losses: createLosses(base),
      requestFullRead,
      isListing: async ({ enterpriseId }, session) => {
        const phase = (await runs.openRun(enterpriseId, session))?.phase;
        return phase === 'reading' || phase === 'applying';
      },
    }),
    runWork(services, base, parts),
    subscriptionsWork(base, parts),
    admissionWork(services, base, parts),
    createBudgetWork({ ...base, budgetFor: parts.microsoft.budgetFor }),
  ];
}

function admissionWork(services: Services, base: Foundation, { microsoft }: WorkParts): OwnerWork {
  const { integration, look } = base;
  const { runMarks } = services;
  return createAdmissionWork({
    ...base,
    isAdmitted: async (tenantId, signal) => (await microsoft.probe(tenantId, signal)).outcome === 'consented',
    said: async ({ enterpriseId }) => {
      const { connection, lastError } = await integration(enterpriseId);
      return connection === 'error' ? lastError : null;
    },
    keep: (owner, { code, message }) =>
      base.apply.within(owner, async (session) => {
        if (base.admission.held(owner.tenantId)) await runMarks.held(session, { ...scopeOf(owner), code, message });
      }),
    clear: async (owner) => {
      await base.apply.within(owner, (session) => runMarks.admitted(session, scopeOf(owner)));
      await look(owner.tenantId);
    },
  });
}

function scopeOf({ enterpriseId, tenantId }: Owner): Pick<Owner, 'enterpriseId' | 'tenantId'> {
  return { enterpriseId, tenantId };
}

function runWork(services: Services, base: Foundation, { microsoft }: WorkParts): OwnerWork {
  const { runMarks, store } = services;
  const linked = (of: Pick<Owner, 'enterpriseId' | 'tenantId'>) => linkedPeople(store, of);
  const finish = (owner: Owner, end: RunEnd) =>
    base.apply.within(owner, (session) => runMarks.completeRun(session, { ...scopeOf(owner), end }));
  const runWrites = createRunWrites({ ...base, runMarks });
  const fullRun = createFullRun({
    ...base,
    linked,
    runWrites,
    complete: (owner) => {
      base.admission.release(owner.tenantId);
      return finish(owner, { outcome: 'updated' });
    },
  });
  return createRunWork({
    ...base,
    mayRun: createMayRun(services),
    lookForLostGroups: createLostGroups(base),
    fullRun,
    runWrites,
    dryRun: createDryRun({ ...base, linked, runWrites }),
    keepError: async (owner, error) => {
      await finish(owner, { outcome: 'failed', ...error });
      if (CONNECTION_CODES.has(error.code)) base.admission.hold(owner.tenantId, error);
    },
    consentUrl: (enterpriseId) => microsoft.connect.consentUrl(enterpriseId),
    forgetToken: (tenantId) => microsoft.tokens.forget(tenantId),
  });
}

type RunEnd = Parameters<Services['runMarks']['completeRun']>[1]['end'];

function subscriptionsWork(base: Foundation, { microsoft, config }: WorkParts): OwnerWork {
  const { subscriptions: rows, integration, apply, calendars } = base;
  const { execute, whyUnreachable } = microsoft.subscriptions;
  const { notificationUrl, appSecrets } = config;
  const rich = config.richNotifications !== null;
  const signing = { notificationUrl, keyId: keyId(appSecrets[0] ?? ''), rich };
  const desired = async ({ enterpriseId }: SubscriptionOwner): Promise<DesiredSubscription[]> => {
    const row = await integration(enterpriseId);
    const { connection, inEffect, tenantId } = row;
    if (connection === 'not_connected' || !isListening(row, base.clock.now())) return [];
    const mailboxes = tenantId && inEffect?.settings.calendarSync ? await calendars.watched(tenantId) : [];
    return [
      { kind: 'users', resource: 'users' },
      { kind: 'groups', resource: 'groups' },
      ...mailboxes.map((objectId) => ({ kind: 'events', resource: `users/${objectId}/events` }) as const),
    ];
  };
  const look = lookBehind(base);
  const refused: SubscriptionsWorkDeps['refused'] = async (tenantId, resource, { state, message }) => {
    const objectId = mailboxOf(resource) ?? '';
    const dueAt = new Date(base.clock.nowMs() + 7 * DAY_MS);
    await calendars.refused(tenantId, objectId, { state, problem: message, dueAt });
  };
  return {
    name: 'subscriptions',
    run: (owner) => {
      const close = (id: string, mark: string) => apply.close(owner, [{ id, mark, outcome: 'applied' }]);
      return createSubscriptionsWork({
        ...base,
        rows,
        execute,
        whyUnreachable,
        ...signing,
        desired,
        close,
        look,
        refused,
        untilTold: base.untilDue.lifecycle,
      }).run(owner);
    },
  };
}

export interface RunningWorker {
  readonly workers: Workers;
  readonly farewell: Farewell;
  readonly alarm: AlarmClock;
}

/** Takes tenants and works them. */
export function startTenants(services: Services, parts: WorkParts): Workers {
  const { leases, clock, log, integrations } = services;
  const works = composeWorks(services, parts);
  const graphFor = (tenantId: string) => parts.microsoft.graphFor(tenantId);
  const connected = async () =>
    (await integrations.connectedIntegrations()).flatMap(({ _id, tenantId }) =>
      tenantId ? [{ enterpriseId: _id, tenantId }] : [],
    );
  const owning = { leases, clock, log, works, graphFor, failed: countFailedWork(services) };
  const start = (lease: Parameters<typeof startOwner>[1]) => startOwner(owning, lease);
  const workers = startWorkers({ leases, clock, log, connected, start });
  measureWorkers(services, workers);
  return workers;
}

/** What the alarm clock rings for. */
export function composeJobs(services: Services, { historyDays }: Pick<Config, 'historyDays'>): readonly Job[] {
  const { integrations, mirror, subscriptions: subscriptionRows } = services;
  return jobTable({
    ...services,
    ...{ cursors: mirror.cursors, calendars: mirror.calendars, subscriptionRows },
    askNotices: () => askLooks(services),
    connectedIntegrations: () => integrations.connectedIntegrations(),
    expireHeld: () => services.decisionActs.expire(),
    pruneHistory: (withinMs) => pruneHistory(services, { historyDays, withinMs }),
  });
}

/** What is left at Graph of tenants that are connected no more. */
function leavingTenants(services: Services, { microsoft }: WorkParts): Parameters<typeof startFarewell>[0] {
  const { integrations, clock, log } = services;
  const isConnected = async (tenantId: string) => {
    const row = await integrations.ofTenant(tenantId);
    return row !== null && row.connection !== 'not_connected';
  };
  const { graphFor, subscriptions } = microsoft;
  return { rows: services.subscriptions, execute: subscriptions.execute, clock, log, graphFor, isConnected };
}

/** Takes tenants and works them; the alarm clock notes what is due. */
export async function startWorker(services: Services, parts: WorkParts): Promise<RunningWorker> {
  const { store, log } = services;
  // First: of the three it alone can fail, and nothing was taken then.
  const alarm = await startAlarmClock({ store, log, jobs: composeJobs(services, parts.config) });
  const workers = startTenants(services, parts);
  const farewell = startFarewell(leavingTenants(services, parts));
  return { workers, farewell, alarm };
}
