import { jobTable } from '../../../src/jobs/job-table.js';
import { type DueRunsDeps, startDueRuns } from '../../../src/reconciliation/due-runs.js';
import { RUNS, type RunRow } from '../../../src/reconciliation/types.js';
import { INTEGRATIONS, type IntegrationRow } from '../../../src/tenancy/types.js';
import { createManualClock } from '../../support/manual-clock.js';
import { startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/**
 * A running service whose schedule lies in 2030, so that its own alarm clock leaves it alone, and the job of the table
 * that starts due runs, with a clock moved by hand. What it starts is done by the real workers.
 */
export async function openSchedule() {
  const stack = await startStack();
  const { directory } = stack.tenant;
  const { enterpriseId, services } = stack;
  const { runs, runMarks, integrations, mirror, changes, store } = services;
  // Only a Microsoft 365 group can be restored.
  const group = directory.createGroup({ displayName: 'Field crew', groupTypes: ['Unified'] }).objectId;
  const clock = createManualClock('2030-03-01T00:00:00.000Z');
  const deps = { ...services, clock, cursors: mirror.cursors, subscriptionRows: services.subscriptions };
  const { connectedIntegrations } = integrations;
  const pruning = {
    calendars: services.mirror.calendars,
    leaveTenant: services.leaveTenant,
    expireHeld: services.decisionActs.expire,
    pruneHistory: async () => ({}),
    askNotices: async () => {},
  };
  const jobs = jobTable({ ...deps, ...pruning, connectedIntegrations, runs, runMarks });
  const job = jobs.find(({ name }) => name === 'reconcile-due');
  if (!job) throw new Error('there is no such job');
  const dueRuns: DueRunsDeps = { store, clock, chance: services.chance, runs, runMarks };
  const map = (groupId = group, team = 'North') =>
    services.teamMappings.mapTeam(enterpriseId, { groupId, teamId: stack.teams[team] ?? '' }, 'test');

  return {
    ...{ stack, clock, group, map, directory, runs },
    /** What the alarm clock calls every 15 seconds. */
    look: () => job.run(),
    /** The same with some part of it replaced, for what a crash leaves. */
    lookWith: (parts: Partial<DueRunsDeps>) => startDueRuns({ ...dueRuns, ...parts }),
    integration: () => integrations.getIntegration(enterpriseId),
    set: (patch: Parameters<typeof services.settings.setSettings>[1]) =>
      services.settings.setSettings(enterpriseId, patch, { by: 'test' }),
    join: (name: string) => {
      const mail = `${name.toLowerCase()}@kiwipower.test`;
      const person = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
      directory.addMember(group, directory.createUser(person).objectId);
    },
    dueAt: (at: string) =>
      store
        .collection<IntegrationRow>(INTEGRATIONS)
        .updateOne({ _id: enterpriseId }, { $set: { nextSyncAt: new Date(at) } }),
    /** Runs of the schedule, oldest first. */
    scheduled: () =>
      store.collection<RunRow>(RUNS).find({ enterpriseId, trigger: 'scheduled' }).sort({ scheduledFor: 1 }).toArray(),
    now: () => runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false }),
    /** Sync Now, pressed until it is not refused any more. */
    nowOnceAllowed: () =>
      waitFor(() => runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false }), {
        ...{ message: 'Sync Now stays refused', everyMs: 250 },
      }),
    /**
     * Nobody is read by themselves any more: time zones come by a work of their own, shortly after a newcomer, and whom
     * Graph named is looked at again.
     */
    peopleRest: async () => {
      const people = store.collection('people');
      const rest = async () =>
        (await people.countDocuments({ mailboxDueAt: { $lte: new Date() } })) === 0 &&
        (await people.countDocuments({ 'look.at': { $type: 'date' } })) === 0 &&
        (await store.collection('changes').countDocuments({})) === 0;
      await waitFor(rest, { message: 'somebody stays to be read' });
    },
    /** Nothing is under way beside a run, and the tenant is not held: what a fault catches then is the run's. */
    quiet: async () => {
      // While it is held no round is had, and the owner tries now and then whether it is let in.
      await mirror.cursors.ask(stack.tenant.id, services.clock.now());
      const isQuiet = async () => {
        const { askedAt, roundAt, pending } = await mirror.cursors.load(stack.tenant.id);
        const isAsked = askedAt !== null && (roundAt === null || askedAt > roundAt);
        return !isAsked && pending === null && (await changes.stats(stack.tenant.id)).open === 0;
      };
      await waitFor(isQuiet, { message: 'there is always something to do' });
    },
    dryRun: () => runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: true }),
    ended: (id: string) => runs.wait(id, { timeoutMs: 60_000 }),
    begun: (id: string) =>
      waitFor(async () => (await runs.get(id))?.status === 'running', { message: 'the run does not begin' }),
    /** Reading takes as long as given, `times` times. */
    slowReads: (delayMs: number, times = 1) =>
      stack.simulator.faults.add({ match: { path: '/transitiveMembers' }, after: 0, times, action: { delayMs } }),
    close: () => stack.close(),
  };
}

export type ScheduleScene = Awaited<ReturnType<typeof openSchedule>>;
