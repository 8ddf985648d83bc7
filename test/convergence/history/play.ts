import { AppError } from '../../../src/kernel/app-error.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { RunRow } from '../../../src/reconciliation/types.js';
import type { OracleFacts } from '../oracle/facts.js';
import { judgeCalendar } from '../oracle/judge-calendars.js';
import { judgePeople } from '../oracle/judge-people.js';
import { createAnswers } from '../watch/answers.js';
import { Broken } from '../watch/broken.js';
import { gatherCalendars } from '../watch/calendar-facts.js';
import { createChronicle, gatherFacts } from '../watch/oracle-facts.js';
import { replayDiffers } from '../watch/replay.js';
import { createWatch, type Watch } from '../watch/watch.js';
import { act, type Doings, resume } from './acts.js';
import { type Cast, createCast } from './cast.js';
import { edit } from './edits.js';
import { event } from './events.js';
import { createTrouble, type Trouble } from './faults.js';
import { appoint, mappedFirst, type Scene, setScene } from './scene.js';
import { type Lane, openStage, type Stage } from './stage.js';
import { type Step, tellsAll } from './steps.js';

export interface Played {
  /** What was promised and did not hold, or null. */
  readonly broken: { readonly invariant: string; readonly message: string } | null;
  readonly faultsHit: readonly string[];
}

/** Everything that plays in one history. */
interface Play {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly cast: Cast;
  readonly trouble: Trouble;
  readonly watch: Watch;
  readonly doings: Doings;
  readonly chronicle: ReturnType<typeof createChronicle>;
  /** Graph tells of everything: no catch-up is rung. */
  readonly isTold: boolean;
  /** Edits that wait for their moment in the middle of some work. */
  readonly midway: Set<() => void>;
}

const MINUTE_MS = 60_000;
/** Pauses in which everything that follows at once can follow. */
const SOON_MS = [300, 500];
/** Longer ones, until what ripens, is confirmed or waits for replicas has had its time. */
const PATIENCE_MS = [1_000, 5_000, 61_000, 61_000, 5 * MINUTE_MS, 11 * MINUTE_MS, 61_000, 16 * MINUTE_MS, 61_000];
const MOST_TICKS = 60;
/** A run that takes longer waits for what ripens. */
const AT_ONCE_TICKS = 9;
const MOST_FAILURES = 5;
const BUSY_MOST = 30;

/** Plays one history from its seed and steps, and says which promise it broke. */
export async function play(
  lane: Lane,
  { seed, number, steps }: { seed: string; number: number; steps: readonly Step[] },
): Promise<Played> {
  let nowMs = () => 0;
  const answers = createAnswers(() => nowMs());
  const stage = await openStage(lane, { seed, number, record: answers.note });
  nowMs = stage.time.nowMs;
  const isTold = tellsAll(steps);
  const cast = createCast(stage, (job) => !(isTold && job === 'catch-up'));
  const hit = new Set<string>();
  try {
    const { play: playing, watch } = await begin(stage, { cast, answers, isTold });
    for (const step of steps) {
      await take(playing, step);
      // What is edited has no consequence before time passes.
      if (step.do === 'wait' || step.do === 'fault') await watch.look();
    }
    for (const late of [...playing.midway]) late();
    playing.trouble.end();
    for (const fault of playing.trouble.hit()) hit.add(fault);
    await end(playing);
    if (cast.crashes() > 0) hit.add('crash');
    return { broken: null, faultsHit: [...hit] };
  } catch (error) {
    if (cast.crashes() > 0) hit.add('crash');
    return { broken: brokenBy(error), faultsHit: [...hit] };
  } finally {
    await stage.close();
  }
}

function brokenBy(error: unknown): NonNullable<Played['broken']> {
  if (error instanceof Broken) return { invariant: error.invariant, message: error.message };
  return { invariant: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

async function begin(
  stage: Stage,
  { cast, answers, isTold }: { cast: Cast; answers: ReturnType<typeof createAnswers>; isTold: boolean },
) {
  const told: { scene: Scene | null } = { scene: null };
  const chronicle = createChronicle(
    stage,
    () => told.scene,
    () => told.scene?.groups ?? [],
  );
  const scene = await setScene(stage, await cast.first());
  told.scene = scene;
  chronicle.facts();
  const trouble = createTrouble(stage, cast);
  const doings: Doings = { typed: [], mapped: mappedFirst(scene), pauses: [] };
  const watch = createWatch(stage, { scene, answers, chronicle, pauses: doings.pauses });
  const playing: Play = { stage, scene, cast, trouble, watch, doings, chronicle, isTold, midway: new Set() };
  await run(playing, { dry: false });
  await appoint(stage, scene);
  await soon(playing);
  await watch.look();
  return { play: playing, watch };
}

async function take({ stage, scene, cast, trouble, doings, midway, chronicle }: Play, step: Step): Promise<void> {
  switch (step.do) {
    case 'edit': {
      if (step.midway === null) return edit(stage, scene, step);
      const once = () => {
        if (midway.delete(once)) edit(stage, scene, step);
      };
      midway.add(once);
      return cast.midway(step.midway, once);
    }
    case 'act':
      return act(stage, scene, { ...step, doings });
    case 'event':
      await event(stage, scene, step);
      // A mailbox is none of the directory's commits: what it said in between counts as theirs all the same.
      chronicle.facts();
      return;
    case 'fault':
      return trouble.begin(step.what, step.picks);
    case 'wait': {
      await stage.tick(step.ms);
      await cast.ring();
      return;
    }
  }
}

async function soon({ stage }: Play): Promise<void> {
  for (const ms of SOON_MS) await stage.tick(ms);
}

/** LAG and one catch-up after Graph itself is at rest (CONTRACT section 5). */
async function end(playing: Play): Promise<void> {
  const { stage, cast, watch, isTold } = playing;
  await cast.first();
  await untilFree(() => resume(stage, playing.scene, playing.doings));
  await stage.tick(16_000);
  await stage.tick(16 * MINUTE_MS);
  await cast.ring();
  if (!isTold) await cast.ringNow('catch-up');
  await patience(playing);
  const isSynced = await waitsForSync(playing);
  if (isSynced) await run(playing, { dry: false });
  await patience(playing);
  await watch.look();
  await watch.accounts();
  await workEnds(playing);
  await nothingPlanned(playing);
  const facts = await judge(playing);
  await judgeCalendars(playing, { facts, isRead: isTold || isSynced });
}

async function patience(playing: Play): Promise<void> {
  const { stage, cast } = playing;
  for (const ms of PATIENCE_MS) {
    await soon(playing);
    if (!(await isAtWork(playing))) return;
    await stage.tick(ms);
    await cast.ring();
  }
  await soon(playing);
}

/** Changes are open, a catch-up that was asked for has not been had, or a run is under way. */
async function isAtWork({ stage, scene }: Play): Promise<boolean> {
  const { mirror, runs, store } = stage.desk;
  const open = { tenantId: stage.tenant.id, isParked: false };
  if ((await store.db.collection('changes').countDocuments(open, { limit: 1 })) > 0) return true;
  const { askedAt, roundAt } = await mirror.cursors.load(stage.tenant.id);
  return (askedAt ?? 0) > (roundAt ?? 0) || (await runs.openRun(scene.enterpriseId)) !== null;
}

/**
 * Group changes and settings that take effect with the next sync; a sync that began and did not come to its end; and
 * what was read while replicas were behind: delta has named it once, and does not name it again.
 */
async function waitsForSync({ stage, scene, trouble }: Play): Promise<boolean> {
  if (trouble.hit().has('lag')) return true;
  const { rows: runs } = await stage.desk.runs.list(scene.enterpriseId, { limit: 50 });
  const last = runs.find(({ dry, startedAt }) => !dry && startedAt !== null);
  if (last?.status === 'cancelled' || last?.status === 'failed') return true;
  const { settings, inEffect, revision } = await stage.desk.integrations.getIntegration(scene.enterpriseId);
  return settings.groupChanges === 'next_sync' || inEffect?.revision !== revision;
}

/**
 * A killed process that owned nothing may have left a transaction open: MongoDB gives it up by its own clock, and until
 * then an operator is told to try again.
 */
async function untilFree<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'enterprise_busy';
      if (!isBusy || attempt === BUSY_MOST) throw error;
      await systemClock.sleep(1_000);
    }
  }
}

async function run(playing: Play, { dry }: { dry: boolean }): Promise<RunRow> {
  const { stage, scene, cast } = playing;
  const { runs } = stage.desk;
  await cast.first();
  const wanted = { enterpriseId: scene.enterpriseId, trigger: 'manual', requestedBy: 'history', dry } as const;
  const { run: asked, alreadyRunning } = await untilFree(() => runs.request(wanted));
  for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
    await stage.tick(ticks < AT_ONCE_TICKS ? 300 : 5_000);
    const now = await runs.get(asked._id);
    // One that was open already may have begun with older settings.
    if (now && now.status !== 'queued' && now.status !== 'running') return alreadyRunning ? run(playing, { dry }) : now;
  }
  throw new Broken('run', `a run does not end: ${JSON.stringify(await runs.get(asked._id))}`);
}

/** Whoever takes a tenant over ends what is open there, which fails for the one before: but seldom, and not for ever. */
async function workEnds({ cast }: Play): Promise<void> {
  const failures = await cast.failures();
  if (failures > MOST_FAILURES) throw new Broken('work', `work of owners failed ${failures} times`);
}

/** A full run would do nothing but what waits for somebody. */
async function nothingPlanned(playing: Play): Promise<void> {
  const { stage } = playing;
  const planned = await run(playing, { dry: true });
  if (planned.status !== 'succeeded' && planned.status !== 'succeeded_with_errors')
    throw new Broken('plan', `the dry run ended as ${planned.status}: ${planned.code} ${planned.message}`);
  const undecided = new Set(
    (await stage.desk.store.db.collection('decisions').find().toArray()).map(({ objectId }) => String(objectId)),
  );
  const items = await stage.desk.runs.items(planned._id);
  const changes = items.filter(
    ({ kind, person }) => kind !== 'problem' && !kind.startsWith('activity_') && !undecided.has(person),
  );
  if (changes.length > 0) throw new Broken('plan', `a full run still plans: ${JSON.stringify(changes)}`);
}

async function judge(playing: Play): Promise<OracleFacts> {
  const { stage, scene, watch, chronicle, doings } = playing;
  const records = await watch.records();
  const differs = replayDiffers(watch.entries, records);
  if (differs.length > 0) throw new Broken('ledger', differs.join('\n'));
  const typedPhones = new Map<string, string[]>();
  for (const { objectId, phone } of doings.typed)
    typedPhones.set(objectId, [...(typedPhones.get(objectId) ?? []), phone]);
  const everMapped = doings.mapped;
  const facts = await gatherFacts(stage, scene, { records, chronicle, typedPhones, everMapped });
  const complaints = judgePeople(facts);
  if (complaints.length > 0) throw new Broken('people', complaints.join('\n'));
  return facts;
}

/** Calendars have no delta: what Graph did not tell of is found by the next run, where none has been. */
async function judgeCalendars(
  playing: Play,
  { facts, isRead }: { facts: OracleFacts; isRead: boolean },
): Promise<void> {
  const { stage, scene, watch } = playing;
  const { inEffect } = await stage.desk.integrations.getIntegration(scene.enterpriseId);
  if (inEffect?.settings.calendarSync && !isRead) await run(playing, { dry: false });
  await watch.look();
  const complaints = (await gatherCalendars(stage, scene, facts)).flatMap(judgeCalendar);
  if (complaints.length > 0) throw new Broken('calendars', complaints.join('\n'));
}
