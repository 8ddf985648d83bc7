import type { Accounts } from '../access/accounts.js';
import type { BearerTokens } from '../access/bearer-tokens.js';
import type { Changes } from '../changes/create-changes.js';
import type { Latency } from '../changes/latency/latency.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { calendarPage } from '../mirror/calendar-pages.js';
import type { Calendars } from '../mirror/calendars-store.js';
import type { Cursors } from '../mirror/cursors.js';
import type { Groups } from '../mirror/groups-store.js';
import type { People as MirroredPeople } from '../mirror/people-store.js';
import type { Notices } from '../notices/notices.js';
import type { LeaveTenant } from '../reconciliation/calendars/leave-tenant.js';
import type { CalendarPreview, EntraDirectory } from '../reconciliation/directory/entra-directory.js';
import type { Doctor } from '../reconciliation/doctor/doctor.js';
import type { MappingViews } from '../reconciliation/groups/mapping-views.js';
import type { ExportChunk, ExportFormat } from '../reconciliation/history/export-text.js';
import type { History } from '../reconciliation/history/history.js';
import type { TableWanted } from '../reconciliation/history/history-tables.js';
import type { Labels } from '../reconciliation/history/person-labels.js';
import type { RunItems } from '../reconciliation/history/run-items.js';
import type { ReadSyncStanding } from '../reconciliation/history/sync-standing.js';
import type { PersonExplained } from '../reconciliation/person/explain-person.js';
import type { GroupOfPerson } from '../reconciliation/person/source-of-person.js';
import type { Clash } from '../reconciliation/review/clash.js';
import type { DecisionsInWords } from '../reconciliation/review/held-changes.js';
import type { NamedIn } from '../reconciliation/review/people-named.js';
import type { Plans } from '../reconciliation/review/plans.js';
import type { ReadAgain } from '../reconciliation/review/read-again.js';
import type { Runs } from '../reconciliation/runs.js';
import type { Freshness } from '../reconciliation/standing/freshness.js';
import type { IntegrationView } from '../reconciliation/standing/integration-view.js';
import type { Activities } from '../records/activities/activities.js';
import type { Decisions } from '../records/decisions.js';
import type { MergePeople } from '../records/merge/merge-people.js';
import type { People, PersonRef } from '../records/people.js';
import type { PersonViews } from '../records/person-view.js';
import type { Problems } from '../records/problems/problems.js';
import type { UserRow } from '../records/types.js';
import type { Undo } from '../records/undo/undo.js';
import type { DecisionActs } from '../records/verdicts/decision-acts.js';
import type { ProblemActs } from '../records/verdicts/problem-acts.js';
import type { OnceOnly } from '../store/once-only.js';
import type { EndpointReport } from '../subscriptions/endpoint-reports.js';
import type { SubscriptionRows } from '../subscriptions/subscriptions-store.js';
import type { Renewed, RenewRequest } from '../subscriptions/upkeep/renew-due.js';
import type { Connect } from '../tenancy/connect/connect.js';
import type { Proofs } from '../tenancy/connect/proof.js';
import type { Integrations } from '../tenancy/integrations.js';
import type { SettingsPatch } from '../tenancy/settings/integration-settings.js';
import type { Settings } from '../tenancy/settings/settings.js';
import type { TeamMappings } from '../tenancy/settings/team-mappings.js';
import type { findTeams } from '../tenancy/structure/find-teams.js';
import type { Structure } from '../tenancy/structure/structure.js';
import type { createLiveRoute } from './live/live-route.js';

type LiveRoute = ReturnType<typeof createLiveRoute>;

/** What the API does is done by these, the same that the operator's tool uses. */
export interface ApiServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly onceOnly: OnceOnly;
  readonly structure: Structure;
  readonly accounts: Accounts;
  readonly bearerTokens: BearerTokens;
  readonly integrations: Integrations;
  readonly leaveTenant: LeaveTenant;
  readonly integrationView: IntegrationView;
  readonly settings: Settings;
  readonly connect: Connect;
  readonly proofs: Proofs;
  readonly doctor: Doctor;
  readonly notices: Notices;
  readonly teamMappings: TeamMappings;
  readonly mappingViews: MappingViews;
  readonly runs: Runs;
  readonly syncStanding: ReadSyncStanding;
  readonly runItems: RunItems;
  readonly history: History;
  readonly labels: Labels;
  readonly people: People;
  readonly personViews: PersonViews;
  readonly mergePeople: MergePeople;
  readonly activities: Activities;
  readonly problems: Problems;
  readonly problemActs: ProblemActs;
  readonly decisions: Decisions;
  readonly decisionActs: DecisionActs;
  readonly undo: Undo;
  readonly changes: Changes;
  readonly subscriptions: SubscriptionRows;
  readonly mirror: {
    readonly people: MirroredPeople;
    readonly groups: Groups;
    readonly cursors: Cursors;
    readonly calendars: Calendars;
  };
  readonly plans: Plans;
  readonly readAgain: ReadAgain;
  readonly decisionsInWords: DecisionsInWords;
  clash(wanted: { readonly enterpriseId: string; readonly problemId: string }): Promise<Clash>;
  peopleNamed(within: Omit<NamedIn, 'tenantId'>, text: string): Promise<string[]>;
  /** The tenant as Microsoft Graph shows it now. */
  readonly directory: EntraDirectory;
  findTeams(wanted: Parameters<typeof findTeams>[1]): ReturnType<typeof findTeams>;
  calendarPage(wanted: Parameters<typeof calendarPage>[1]): ReturnType<typeof calendarPage>;
  /** What a person's calendar would become now, by the saved rules or by others to try; only read. */
  previewCalendar(
    wanted: PersonRef & { readonly trying: SettingsPatch; readonly signal: AbortSignal },
  ): Promise<CalendarPreview>;
  readonly latency: { of(enterpriseId: string): Promise<Latency> };
  readonly freshness: { of(enterpriseId: string): Promise<Freshness> };
  /** Tells the counters of an enterprise for as long as the caller listens. */
  readonly watch: LiveRoute;
  explainPerson(ref: PersonRef): Promise<PersonExplained>;
  groupsSeen(user: UserRow): Promise<readonly GroupOfPerson[]>;
  endpointReports(): Promise<EndpointReport[]>;
  jobStates(): Promise<JobSeen[]>;
  exportHistory(wanted: TableWanted, format: ExportFormat): Promise<AsyncIterable<ExportChunk>>;
  renewDue(request: RenewRequest): Promise<Renewed[]>;
}

/** What the alarm clock knows of one of its jobs. */
export interface JobSeen {
  readonly name: string;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastFinishedAt: Date | null;
  readonly failedAt: Date | null;
}
