import { join } from 'node:path';
import { CHANGE_COLLECTIONS } from './changes/change-indexes.js';
import { changeView } from './changes/change-queries.js';
import { type Changes, createChanges } from './changes/create-changes.js';
import { type AccountServices, composeAccounts } from './compose/accounts.js';
import { composeHistory, type HistoryServices } from './compose/history.js';
import { INDEXES } from './compose/indexes.js';
import { composeMirror, type MirrorServices } from './compose/mirror.js';
import { composeReview, type ReviewServices } from './compose/review.js';
import { composeLeases } from './compose/worker/leases.js';
import type { StoreConfig } from './config/config.js';
import { projectFolder } from './config/project-folder.js';
import { type JobState, jobStates } from './jobs/alarm-clock.js';
import { type Chance, systemChance } from './kernel/chance.js';
import { type Clock, systemClock } from './kernel/clock.js';
import type { Log } from './kernel/log.js';
import { createMetrics, type Metrics } from './kernel/metrics.js';
import { PROBLEM_CODES } from './projection/types.js';
import { VERDICTS } from './projection/verdicts/decision.js';
import { createLeaveTenant, type LeaveTenant } from './reconciliation/calendars/leave-tenant.js';
import { createMappingViews, type MappingViews } from './reconciliation/groups/mapping-views.js';
import { runView } from './reconciliation/history/run-view.js';
import { createSyncStanding, type ReadSyncStanding } from './reconciliation/history/sync-standing.js';
import { createRuns, type Runs } from './reconciliation/runs.js';
import { createIntegrationView, type IntegrationView } from './reconciliation/standing/integration-view.js';
import { type Activities, createActivities } from './records/activities/activities.js';
import { createDecisions, type Decisions } from './records/decisions.js';
import { createLedger, type Ledger } from './records/ledger.js';
import { createTenantLinks } from './records/linked.js';
import { createLive, type Live } from './records/live-counters.js';
import { createMergePeople, type MergePeople } from './records/merge/merge-people.js';
import { createOutbox, type Outbox } from './records/outbox/outbox.js';
import { createPeople, type People } from './records/people.js';
import { createPersonViews, type PersonViews } from './records/person-view.js';
import { createProblems, type Problems } from './records/problems/problems.js';
import { searchWordsOfAll } from './records/search/search-words.js';
import { createUndo, type Undo } from './records/undo/undo.js';
import { createDecisionActs, type DecisionActs } from './records/verdicts/decision-acts.js';
import { createProblemActs, type ProblemActs } from './records/verdicts/problem-acts.js';
import { connectStore, type Store } from './store/connect.js';
import { startEmbedded } from './store/embedded/start-embedded.js';
import { ensureCollections, ensureIndexes } from './store/indexes.js';
import { LIVE } from './store/live.js';
import { migrate } from './store/migrations.js';
import { createOnceOnly, type OnceOnly } from './store/once-only.js';
import { type EndpointReport, endpointReports } from './subscriptions/endpoint-reports.js';
import { subscriptionView } from './subscriptions/subscription-view.js';
import { createSubscriptionRows, type SubscriptionRows } from './subscriptions/subscriptions-store.js';
import type { Leases } from './sync/lease.js';
import { createLossMetrics, type LossMetrics } from './sync/losses/loss-metrics.js';
import { createIntegrations, type Integrations } from './tenancy/integrations.js';
import { createRunMarks, type RunMarks } from './tenancy/run-marks.js';
import { createSettings, type Settings } from './tenancy/settings/settings.js';
import { createTeamMappings, type TeamMappings } from './tenancy/settings/team-mappings.js';
import { createStructure, type Structure } from './tenancy/structure/structure.js';

export { connectMicrosoft, type MicrosoftServices } from './compose/microsoft.js';
export { previews } from './compose/previews.js';
export { requireKnownTenant } from './subscriptions/upkeep/known-tenant.js';

/** What needs nothing but the database. */
export interface Services extends HistoryServices, ReviewServices, AccountServices {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly lossMetrics: LossMetrics;
  readonly store: Store;
  /** Acts that are asked for twice are done once. */
  readonly onceOnly: OnceOnly;
  /** Address of the database, for connections of other bounds and for other processes. */
  readonly mongodbUri: string;
  readonly changes: Changes;
  readonly mirror: MirrorServices;
  readonly people: People;
  readonly mergePeople: MergePeople;
  readonly personViews: PersonViews;
  readonly activities: Activities;
  readonly outbox: Outbox;
  readonly problems: Problems;
  readonly decisions: Decisions;
  readonly decisionActs: DecisionActs;
  readonly problemActs: ProblemActs;
  readonly undo: Undo;
  readonly ledger: Ledger;
  readonly live: Live;
  readonly structure: Structure;
  readonly integrations: Integrations;
  readonly leaveTenant: LeaveTenant;
  readonly integrationView: IntegrationView;
  readonly settings: Settings;
  readonly teamMappings: TeamMappings;
  readonly mappingViews: MappingViews;
  readonly runMarks: RunMarks;
  readonly runs: Runs;
  readonly syncStanding: ReadSyncStanding;
  readonly leases: Leases;
  readonly subscriptions: SubscriptionRows;
  /** What the alarm clock knows of its jobs. */
  jobStates(): Promise<JobState[]>;
  /** How fast each process answers Graph. */
  endpointReports(): Promise<EndpointReport[]>;
  /** Closes the connection and leaves the embedded MongoDB, which ends with its last user. */
  close(): Promise<void>;
}

/** What can be said about one value of one person, and what can be wrong with one. */
export const verdicts = VERDICTS;
export const problemCodes = PROBLEM_CODES;
export { changeView, runView, subscriptionView };

export interface OpenOptions {
  readonly log: Log;
  /** PATH of this process, on which mongod is looked for. */
  readonly path: string;
  /** Progress in words while the embedded MongoDB is found and started. */
  readonly report?: (line: string) => void;
  readonly clock?: Clock;
  readonly chance?: Chance;
}

/** Opens the database, brings it to this version's shape and builds on it, in dependency order. */
export async function openServices(config: StoreConfig, options: OpenOptions): Promise<Services> {
  const { log, clock = systemClock, chance = systemChance } = options;
  const database = await openDatabase(config, options);
  try {
    const store = await connectStore({ uri: database.uri, log });
    const close = async () => {
      await store.close();
      await database.detach();
    };
    try {
      await ensureCollections(store, [...CHANGE_COLLECTIONS, LIVE]);
      await ensureIndexes(store, INDEXES);
      await migrate({ db: store.db, clock, chance, log }, [searchWordsOfAll]);
      return { ...servicesOn({ store, clock, chance, log }), mongodbUri: database.uri, close };
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await database.detach();
    throw error;
  }
}

function servicesOn(
  base: Pick<Services, 'store' | 'clock' | 'chance' | 'log'>,
): Omit<Services, 'close' | 'mongodbUri'> {
  const changes = createChanges(base);
  const mergePeople = createMergePeople({ ...base, changes });
  const problems = createProblems(base);
  const tenantLinks = createTenantLinks(base);
  const integrations = createIntegrations({ ...base, tenantLinks });
  const metrics = createMetrics();
  const parts = {
    ...base,
    ...composeAccounts(base),
    metrics,
    lossMetrics: createLossMetrics({ ...base, metrics }),
    changes,
    mirror: composeMirror(base),
    people: createPeople({ ...base, changes }),
    mergePeople,
    personViews: createPersonViews({ ...base, problems }),
    activities: createActivities({ ...base, changes }),
    outbox: createOutbox(base),
    problems,
    decisions: createDecisions(base),
    decisionActs: createDecisionActs({ ...base, changes }),
    problemActs: createProblemActs({ ...base, changes, mergePeople }),
    undo: createUndo({ ...base, changes }),
    ledger: createLedger(base),
    live: createLive(base),
    structure: createStructure(base),
    integrations,
    leaveTenant: createLeaveTenant({ ...base, integrations }),
    settings: createSettings({ ...base, tenantLinks }),
    teamMappings: createTeamMappings(base),
    mappingViews: createMappingViews(base),
    runMarks: createRunMarks(base),
    runs: createRuns(base),
    syncStanding: createSyncStanding(base),
    onceOnly: createOnceOnly(base),
    leases: composeLeases({ ...base, metrics }),
    subscriptions: createSubscriptionRows(base),
    jobStates: () => jobStates(base.store),
    endpointReports: () => endpointReports(base.store, base.clock.now()),
  };
  const withViews = { ...parts, integrationView: createIntegrationView(parts) };
  const history = composeHistory(withViews);
  return { ...withViews, ...history, ...composeReview({ ...withViews, ...history }) };
}

async function openDatabase(
  { mongo }: StoreConfig,
  { path, report, clock }: OpenOptions,
): Promise<{ uri: string; detach(): Promise<void> }> {
  switch (mongo.kind) {
    case 'uri':
      return { uri: mongo.uri, detach: async () => {} };
    case 'embedded': {
      const cacheDir = join(projectFolder(), '.cache', 'mongod');
      const mongod = { binary: mongo.mongodBinary, path, cacheDir, ...(report ? { report } : {}) };
      return startEmbedded({ dataDir: mongo.dataDir, mongod, ...(clock ? { clock } : {}) });
    }
  }
}
