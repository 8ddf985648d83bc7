import type { Changes } from '../changes/create-changes.js';
import { calendarNote } from '../changes/merge-notes.js';
import { chunksOf } from '../kernel/lists.js';
import type { Log } from '../kernel/log.js';
import type { Calendars } from '../mirror/calendars-store.js';
import type { Cursors } from '../mirror/cursors.js';
import type { FanOut } from '../mirror/fan-out.js';
import type { Groups } from '../mirror/groups-store.js';
import type { Ticket } from '../mirror/types.js';
import { requireSyncOn, SwitchedOff } from '../sync/admission/switched-off.js';
import type { Apply } from '../sync/apply.js';
import { type MappedGroups, mappedBy } from '../sync/may-work.js';
import type { Owner } from '../sync/owner.js';
import { type ReadPeopleDeps, startReads, type WorkReads } from '../sync/read-people.js';
import type { IntegrationRow } from '../tenancy/types.js';
import { calendarsToRead } from './calendars/calendars-to-read.js';
import { createEndOfRun, type EndOfRunDeps } from './end-of-run.js';
import { keepNotApplied } from './exact-plan.js';
import type { Listed } from './groups/listed.js';
import { type MappedGroupsRead, type PageRead, readMappedGroups } from './groups/read-mapped-groups.js';
import { requireMappingRead } from './may-run.js';
import { causeOfRun, listReads, type Survey, type SurveyDeps } from './survey/survey.js';
import { type SurveyAlong, surveyOfRun } from './survey/survey-along.js';
import type { RunRow } from './types.js';

/** People read by themselves at a time. */
const READ_CHUNK = 200;
const APPLY_CHUNK = 200;
const SETTLE_POLL_MS = 100;
const PROGRESS_EVERY_MS = 1_000;

export interface FullRun {
  execute(owner: Owner, run: RunRow): Promise<void>;
}

export interface FullRunDeps extends SurveyDeps, ReadPeopleDeps, EndOfRunDeps {
  readonly changes: Changes;
  readonly groups: Groups;
  readonly fanOut: FanOut;
  readonly cursors: Cursors;
  readonly calendars: Pick<Calendars, 'known'>;
  readonly apply: Apply;
  readonly log: Log;
  /** Records a completed run: Last Sync moves, the error goes. */
  complete(owner: Owner, run: RunRow, startedAt: Date): Promise<void>;
  integration(enterpriseId: string): Promise<IntegrationRow | null>;
  /** Object ids of everybody who has a record that the sync may touch. */
  linked(of: Pick<Owner, 'enterpriseId' | 'tenantId'>): AsyncIterable<string>;
}

/** A run under way. */
interface Begun {
  readonly run: RunRow;
  readonly mapped: MappedGroups;
  readonly ticket: Ticket;
}

/** Everything is looked at again and takes the road of every other change: read, plan, apply. */
export function createFullRun(deps: FullRunDeps): FullRun {
  const { runWrites, clock } = deps;
  const endOf = createEndOfRun(deps);

  return { execute };

  async function execute(owner: Owner, run: RunRow): Promise<void> {
    const integration = await runWrites.begin(owner, run);
    const startedAt = run.startedAt ?? clock.now();
    const settings = integration.inEffect?.settings ?? integration.settings;
    const mapped = mappedBy(settings, integration.inEffect?.revision ?? integration.revision);
    const readingAt = clock.now();
    await beginReading(owner);
    const ticket = owner.tickets.draw();
    try {
      const about = { runId: run._id, revision: mapped.revision, ticket, integration };
      const along = await surveyOfRun(deps, owner, about);
      const reading = readEverything(owner, { run, mapped, ticket, along });
      // Nothing of the survey goes on behind a run that has failed.
      const read = await reading.finally(() => along.settled());
      await requireMappingRead(deps.store, integration, { mappings: settings.mappings, groups: read.groups });
      await runWrites.update(owner, run._id, { phase: 'applying' });
      await writePhase(owner, { run, mapped, ticket, read, survey: await along.end(read) });
    } finally {
      owner.tickets.done(ticket);
    }
    await endApplying(owner, run, mapped);
    await settle(owner, run);
    await readCalendars(owner, run, integration);
    const verified = new Date(readingAt.getTime() - deps.times.lagDirectoryMs);
    await deps.apply.within(owner, (session) => deps.cursors.verify(session, owner, verified));
    await keepNotApplied(deps.store, run);
    await deps.complete(owner, run, startedAt);
    await runWrites.finish(owner, run._id, await endOf(owner, run._id));
  }

  /**
   * There are links before anything is read, and until all of it is applied no round moves them: not even one that is
   * under way (decision 32).
   */
  async function beginReading(owner: Owner): Promise<void> {
    const { tenantId } = owner;
    const { users, groups } = await deps.cursors.load(tenantId);
    const links = users && groups ? {} : await latestLinks(owner);
    await deps.apply.within(owner, (session) => deps.cursors.begin(session, tenantId, links));
  }

  async function latestLinks({ graph, signal }: Owner): Promise<Parameters<Cursors['begin']>[2]> {
    const options = { priority: 'run', signal } as const;
    const users = await graph.deltaLatest('users', options);
    return { users, groups: await graph.deltaLatest('groups', options), linkedAt: clock.now() };
  }

  /** Whoever was not known yet while the lists were read may have changed since: delta names them from here on. */
  async function endApplying(owner: Owner, run: RunRow, { groupIds }: MappedGroups): Promise<void> {
    const { tenantId } = owner;
    await runWrites.update(owner, run._id, { phase: 'settling' });
    await deps.apply.within(owner, (session) => deps.cursors.update(session, tenantId, { groupsIn: groupIds }));
    await deps.cursors.ask(tenantId, clock.now());
  }

  async function readEverything(
    owner: Owner,
    { run, mapped, ticket, along }: Begun & { along: SurveyAlong },
  ): Promise<MappedGroupsRead> {
    const { graph, signal, tenantId } = owner;
    let toldAtMs = clock.nowMs();
    const onPage = async (page: PageRead) => {
      along.heard(page);
      if (clock.nowMs() - toldAtMs < PROGRESS_EVERY_MS) return;
      toldAtMs = clock.nowMs();
      await checkWanted(owner, run);
      await runWrites.setCount(owner, run._id, { seen: page.listed.size });
    };
    const read = await readMappedGroups({ graph, groupIds: mapped.groupIds, ticket, signal, onPage });
    await deps.groups.keep(tenantId, read.groups);
    const usable = read.groups.filter(({ state }) => state === 'ok').map(({ groupId }) => groupId);
    await deps.fanOut.readBelow({ graph, tenantId, signal }, usable);
    await deps.groups.forgetUnmapped(tenantId, mapped.groupIds);
    await runWrites.setCount(owner, run._id, { seen: read.listed.size });
    return read;
  }

  async function writePhase(
    owner: Owner,
    { run, mapped, ticket, read, survey }: Begun & { read: MappedGroupsRead; survey: Survey },
  ): Promise<void> {
    const { revision } = mapped;
    const warnings = survey.warnings + read.groups.filter(({ state }) => state !== 'ok').length;
    await runWrites.setCount(owner, run._id, { failed: survey.failed, warnings });
    const given = read.listed.withAttributes(survey.toGive);
    const causeOf = () => causeOfRun(run._id);
    const common = { changes: new Map(), runId: run._id, ofOpenRun: true, rivals: survey.rivals, causeOf };
    const done = new Set<string>();
    for (const reads of chunksOf(listReads(deps, given, { ticket, revision }), APPLY_CHUNK)) {
      await checkWanted(owner, run);
      await withReads(owner, { mapped, done }, ({ readHolders }) =>
        deps.apply.people(owner, { reads, readHolders, ...common }),
      );
      read.listed.letGo(reads.map(({ objectId }) => objectId));
    }
    await readByThemselves(owner, { run, mapped, listed: read.listed, survey, done });
  }

  /** People brought in for their addresses have been read by themselves, and are not read a second time. */
  async function withReads(
    owner: Owner,
    { mapped, done }: { mapped: MappedGroups; done: Set<string> },
    work: (reads: WorkReads) => Promise<unknown>,
  ): Promise<void> {
    const reads = startReads(deps, owner, { mapped, movesGroups: true, priority: 'run' });
    try {
      await work(reads);
      for (const objectId of reads.broughtIn) done.add(objectId);
    } finally {
      reads.done();
    }
  }

  /** Who may lose something, and who was not on any list, is read alone: lists may give, never take (law L8). */
  async function readByThemselves(
    owner: Owner,
    {
      run,
      mapped,
      listed,
      survey,
      done,
    }: { run: RunRow; mapped: MappedGroups; listed: Pick<Listed, 'has'>; survey: Survey; done: Set<string> },
  ): Promise<void> {
    const objectIds = new Set(survey.toRead);
    for await (const id of deps.people.everyone(owner.tenantId)) if (!listed.has(id)) objectIds.add(id);
    for await (const id of deps.linked(owner)) if (!listed.has(id)) objectIds.add(id);
    const [runId, causeOf] = [run._id, () => causeOfRun(run._id)];
    const again = { tenantId: owner.tenantId, kind: 'user', via: 'run', notified: 0, runId } as const;
    for (const chunk of chunksOf(objectIds, READ_CHUNK)) {
      await checkWanted(owner, run);
      await withReads(owner, { mapped, done }, async ({ read, readHolders }) => {
        const { reads, failed } = await read(chunk.filter((id) => !done.has(id)));
        const whole = reads.map((each) => ({ ...each, notified: false, movesGroups: true }));
        const common = { changes: new Map(), runId, ofOpenRun: true, rivals: survey.rivals };
        await deps.apply.people(owner, { ...common, reads: whole, causeOf, readHolders });
        await deps.changes.note(failed.map(({ objectId }) => ({ ...again, objectId })));
      });
    }
  }

  /** People first, then every calendar (S11). */
  async function readCalendars(owner: Owner, run: RunRow, { inEffect }: IntegrationRow): Promise<void> {
    const objectIds = await calendarsToRead(deps, owner, inEffect?.settings.calendarSync ?? false);
    const noteOf = (objectId: string) => ({ ...calendarNote({ ...owner, objectId }, 'run'), runId: run._id });
    for (const chunk of chunksOf(objectIds, READ_CHUNK)) {
      await checkWanted(owner, run);
      await deps.changes.note(chunk.map(noteOf));
    }
    await settle(owner, run);
  }

  /** Takings ripen and are read once more by the work on changes; what has to wait much longer is not waited for. */
  async function settle(owner: Owner, run: RunRow): Promise<void> {
    const { tenantId } = owner;
    for (;;) {
      const dueBy = new Date(clock.nowMs() + deps.times.ripeningMs + 1_000);
      if ((await deps.changes.openCount({ tenantId, runId: run._id }, { dueBy })) === 0) return;
      await checkWanted(owner, run);
      await clock.sleep(SETTLE_POLL_MS, owner.signal);
    }
  }

  async function checkWanted(owner: Owner, run: RunRow): Promise<void> {
    const integration = await deps.integration(run.enterpriseId);
    if (!integration) throw new SwitchedOff(`enterprise ${run.enterpriseId} is gone`);
    requireSyncOn(integration, owner);
    owner.signal.throwIfAborted();
  }
}
