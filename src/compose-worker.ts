import type { MicrosoftServices, Services } from './compose.js';
import type { Config } from './config/config.js';
import { type AlarmClock, startAlarmClock } from './jobs/alarm-clock.js';
import { jobTable } from './jobs/job-table.js';
import { createFanOut } from './mirror/fan-out.js';
import { createDryRun } from './reconciliation/dry-run.js';
import { createFullRun } from './reconciliation/full-run.js';
import { createRunWork } from './reconciliation/run-work.js';
import type { RunRow } from './reconciliation/types.js';
import { linkedAmong, linkedPeople } from './records/linked.js';
import { createExecute, type Execute } from './subscriptions/execute.js';
import { createSubscriptionRows, type SubscriptionRows } from './subscriptions/subscriptions-store.js';
import { createSubscriptionsWork, type SubscriptionOwner } from './subscriptions/subscriptions-work.js';
import { createApply } from './sync/apply.js';
import { createCatchUpWork } from './sync/catch-up-work.js';
import { createGroupsWork } from './sync/groups-work.js';
import { inLane } from './sync/in-lane.js';
import { createLooksWork } from './sync/looks-work.js';
import { createMailboxWork } from './sync/mailbox-work.js';
import { createGate } from './sync/may-work.js';
import { type Owner, type OwnerWork, startOwner } from './sync/owner.js';
import { createPeopleWork } from './sync/people-work.js';
import { startWorkers, type Workers } from './sync/workers.js';
import type { IntegrationRow } from './tenancy/types.js';

export interface SubscriptionServices {
  readonly subscriptionRows: SubscriptionRows;
  readonly execute: Execute;
}

/** What keeps Graph telling us; renewal needs no owner. */
export function composeSubscriptions(services: Services, config: Config): SubscriptionServices {
  const subscriptionRows = createSubscriptionRows(services);
  const { appSecrets, notificationUrl } = config;
  const execute = createExecute({ ...services, rows: subscriptionRows, appSecrets, notificationUrl });
  return { subscriptionRows, execute };
}

/** The kinds of work that the owner of a tenant does, in one list (law L3). */
export function composeWorks(
  services: Services,
  {
    microsoft,
    subscriptions,
    config,
  }: { microsoft: MicrosoftServices; subscriptions: SubscriptionServices; config: Config },
): OwnerWork[] {
  const { store, clock, changes, runs, integrations, runMarks } = services;
  const { people, groups, cursors } = services.mirror;
  const { times } = config;
  const gate = createGate({ store, clock, hasOpenRun: (enterpriseId) => runs.hasOpen(enterpriseId) });
  const fanOut = createFanOut({ people, groups, changes });
  const base = { ...services, ...services.mirror, people, gate, fanOut, times, lagMs: times.lagDirectoryMs };
  const apply = createApply(base);
  const integration = (enterpriseId: string) => integrations.getIntegration(enterpriseId);
  const linked = (tenantId: string) => linkedPeople(store, tenantId);
  const look = (tenantId: string) => cursors.ask(tenantId, clock.now());
  const finish = (owner: Owner, end: Parameters<typeof runMarks.completeRun>[1]['end']) => {
    const { enterpriseId, tenantId } = owner;
    return inLane(services, owner, (session) => runMarks.completeRun(session, { enterpriseId, tenantId, end }));
  };

  const fullRun = createFullRun({
    ...base,
    apply,
    integration,
    linked,
    begin: (owner, run) => begin(services, owner, run),
    complete: (owner) => finish(owner, { outcome: 'updated' }),
  });
  const dryRun = createDryRun({ ...base, integration, linked });
  const keepError = (owner: Owner, error: { code: string; message: string }) =>
    finish(owner, { outcome: 'failed', ...error });
  const forgetToken = (tenantId: string) => microsoft.tokens.forget(tenantId);
  const requestFullRead = async ({ enterpriseId }: Owner) => {
    await runs.request({ enterpriseId, trigger: 'restore', requestedBy: 'catch-up', dry: false });
  };
  return [
    createPeopleWork({ ...base, apply }),
    createGroupsWork({ ...base, apply, catchUpGroups: look }),
    createLooksWork(base),
    createMailboxWork({ ...base, apply }),
    createCatchUpWork({ ...base, linked: (tenantId, ids) => linkedAmong(store, tenantId, ids), requestFullRead }),
    createRunWork({ ...base, fullRun, dryRun, integration, keepError, forgetToken }),
    subscriptionsWork(services, { apply, integration, look, subscriptions, config }),
  ];

  function subscriptionsWork(
    { changes: set, chance, log }: Services,
    deps: {
      apply: ReturnType<typeof createApply>;
      integration: (id: string) => Promise<IntegrationRow>;
      look: (tenantId: string) => Promise<void>;
      subscriptions: SubscriptionServices;
      config: Config;
    },
  ): OwnerWork {
    const owners = new WeakMap<AbortSignal, Owner>();
    const work = createSubscriptionsWork({
      changes: set,
      clock,
      chance,
      log,
      rows: deps.subscriptions.subscriptionRows,
      execute: deps.subscriptions.execute,
      notificationUrl: deps.config.notificationUrl,
      look: deps.look,
      desired: async ({ enterpriseId }: SubscriptionOwner) => {
        const { connection, settings } = await deps.integration(enterpriseId);
        if (connection === 'not_connected' || !settings.usersSync) return [];
        return [
          { kind: 'users', resource: 'users' },
          { kind: 'groups', resource: 'groups' },
        ];
      },
      close: async ({ signal }, { _id, mark }) => {
        const owner = owners.get(signal);
        if (owner) await deps.apply.close(owner, [{ id: _id, mark, outcome: 'applied' }]);
      },
    });
    return {
      name: work.name,
      run: (owner) => {
        owners.set(owner.signal, owner);
        return work.run(owner);
      },
    };
  }
}

/** Pins the settings and starts the run in one transaction; a run that goes on keeps the settings it began with. */
async function begin(services: Services, owner: Owner, run: RunRow): Promise<IntegrationRow> {
  const { store, runMarks, clock } = services;
  return inLane(services, owner, async (session) => {
    const runs = store.collection<RunRow>('runs');
    if (run.status === 'running') {
      const kept = await store
        .collection<IntegrationRow>('integrations')
        .findOne({ _id: owner.enterpriseId }, { session });
      if (kept) return kept;
    }
    const row = await runMarks.beginRunSettings(session, owner.enterpriseId);
    const started = { status: 'running', phase: 'reading', startedAt: clock.now(), revision: row.revision } as const;
    await runs.updateOne({ _id: run._id }, { $set: started }, { session });
    return row;
  });
}

export interface RunningWorker {
  readonly workers: Workers;
  readonly alarm: AlarmClock;
}

/** Takes tenants and works them; the alarm clock notes what is due. */
export async function startWorker(
  services: Services,
  parts: { microsoft: MicrosoftServices; subscriptions: SubscriptionServices; config: Config },
): Promise<RunningWorker> {
  const { leases, clock, log, integrations, runMarks, runs, changes, store } = services;
  const works = composeWorks(services, parts);
  const graphFor = (tenantId: string) => parts.microsoft.graphFor(tenantId);
  const connected = async () =>
    (await integrations.connectedIntegrations()).flatMap(({ _id, tenantId }) =>
      tenantId ? [{ enterpriseId: _id, tenantId }] : [],
    );
  const start = (lease: Parameters<typeof startOwner>[1]) => startOwner({ leases, clock, log, works, graphFor }, lease);
  const workers = startWorkers({ leases, clock, log, connected, start });
  const jobs = jobTable({
    runs,
    changes,
    clock,
    log,
    cursors: services.mirror.cursors,
    subscriptionRows: parts.subscriptions.subscriptionRows,
    dueIntegrations: (now) => integrations.dueIntegrations(now),
    connectedIntegrations: () => integrations.connectedIntegrations(),
    moveNextSync: (move) => runMarks.moveNextSync(move),
  });
  const alarm = await startAlarmClock({ store, log, jobs });
  return { workers, alarm };
}
