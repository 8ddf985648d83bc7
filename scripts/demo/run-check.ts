import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/kernel/app-error.js';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { openDatabase } from './open-database.js';
import { connectTenant } from './scene/connect-tenant.js';
import { createScene, type Newcomer, type Scene } from './scene/scene.js';
import { setUp } from './scene/set-up.js';
import { type StageOptions, startStage, startTenants } from './start-stage.js';
import * as calendar from './steps/calendar-steps.js';
import { crash } from './steps/crash-steps.js';
import { foreignTenant, forged } from './steps/intake-steps.js';
import * as people from './steps/people-steps.js';
import { recreate, renew } from './steps/subscription-steps.js';
import { createStory, type StepResult, type Story } from './story.js';

/** People with calendars. */
const CREW = ['Mere Ngata', 'Tama Tuilagi', 'Ngaire Kingi', 'Rangi Walker'];

export interface CheckOptions extends Omit<StageOptions, 'dataDir' | 'port' | 'simulatorPort'> {
  readonly mongodBinary: string | undefined;
  /** Words, a line a step. */
  say(line: string): void;
}

export interface CheckAnswer {
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
  readonly totalMs: number;
  readonly versions: { readonly node: string; readonly mongod: string | null };
}

/** The whole story unattended, in a temporary data folder on free ports; everything is removed at the end. */
export async function runCheck(options: CheckOptions): Promise<CheckAnswer> {
  const startMs = systemClock.nowMs();
  const { stopping, say } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'ghs-demo-'));
  const removal = () => rm(dataDir, { recursive: true, force: true });
  stopping.add({ name: 'data folder', limitMs: 10 * SECOND_MS, stop: removal });
  const story = createStory((result) => say(stepLine(result)));
  let mongod: string | null = null;
  try {
    const scene = await foundation(story, {
      ...{ ...options, dataDir },
      tellVersion: (version) => {
        mongod = version;
      },
    });
    await events(story, scene);
  } catch (error) {
    say(`The story ended: ${messageOf(error)}`);
  }
  const isClean = await stopping.stop();
  if (!isClean) say('Not everything stopped cleanly.');
  const steps = story.results();
  const totalMs = systemClock.nowMs() - startMs;
  const ok = isClean && steps.every((step) => step.ok);
  return { ok, steps, totalMs, versions: { node: process.versions.node, mongod } };
}

async function foundation(
  story: Story,
  options: CheckOptions & { dataDir: string; tellVersion(version: string): void },
): Promise<Scene> {
  const { dataDir } = options;
  const database = await story.need('mongodb', async (tell) => {
    const opened = await openDatabase(dataDir, options);
    options.tellVersion(opened.server.version);
    tell(`${opened.server.version} on port ${opened.server.port}`);
    return opened;
  });
  const onFreePorts = { ...options, port: 0, simulatorPort: 0 };
  const simulator = await story.need('simulator', async (tell) => {
    const started = await startTenants(onFreePorts);
    tell(started.tenants.map(({ id, people: n, groups }) => `${id}: ${n} people, ${groups} groups`).join('; '));
    return started;
  });
  const stage = await story.need('service', async (tell) => {
    const started = await startStage(onFreePorts, { database, simulator });
    for (const address of [`${started.url}/healthz`, `${started.opsUrl}/readyz`]) {
      const { status } = await fetch(address, { signal: AbortSignal.timeout(5 * SECOND_MS) });
      if (status !== 200) throw new Error(`${address} answers ${status}.`);
    }
    tell(`process ${started.service().pid} at ${started.url}`);
    return started;
  });
  const tenant = await story.need('connect', async (tell) => {
    const connected = await connectTenant(stage);
    tell(`${connected.tenantId}, by ${connected.administrator.username}`);
    return connected;
  });
  return story.need('setup', async () => createScene(stage, tenant, await setUp(stage, tenant.tenantId)));
}

async function events(story: Story, scene: Scene): Promise<void> {
  await story.need('first-run', (tell) => people.firstRun(scene, tell));
  const { field, night } = scene.mapped;
  const aroha = await scene.newcomer('Aroha Parata');
  const hemi = await scene.newcomer('Hemi Kowhai');
  const joining = (person: Newcomer) =>
    scene.control.change('PUT', `${scene.at}/groups/${night.group.id}/members/${person.id}`);
  await joining(aroha);
  const crew = await Promise.all(CREW.map((name) => scene.newcomer(name)));
  await Promise.all(crew.map(joining));
  await scene.seen(aroha.id, () => true, { for: 'a person to change', sinceMs: systemClock.nowMs() });
  await story.try('field', (tell) => people.field(scene, aroha, tell));
  await story.try('join', (tell) => people.join(scene, field.group.id, { person: aroha, tell }));
  await story.try('join-nested', (tell) => people.join(scene, scene.below.id, { person: hemi, tell }));
  await story.try('leave', (tell) => people.leave(scene, field.group.id, { person: aroha, tell }));
  await story.try('duplicate', (tell) => people.duplicate(scene, tell));
  await story.try('archive', (tell) => people.archive(scene, [aroha, hemi], tell));
  await story.try('restore', (tell) => people.restore(scene, [aroha, hemi], tell));
  await calendars(story, scene, crew);
  await story.try('forged', (tell) => forged(scene, aroha.id, tell));
  await story.try('foreign-tenant', (tell) => foreignTenant(scene, aroha.id, tell));
  await story.try('renew', (tell) => renew(scene, tell));
  await story.try('recreate', (tell) => recreate(scene, aroha, tell));
  await story.try('crash', (tell) => crash(scene, hemi, tell));
  await story.try('second-run', (tell) => people.secondRun(scene, tell));
}

/** A calendar each where that saves the five seconds between two readings of one. */
async function calendars(story: Story, scene: Scene, crew: readonly Newcomer[]): Promise<void> {
  const [mere, tama, ngaire, rangi] = crew;
  if (!mere || !tama || !ngaire || !rangi) throw new Error('The crew of the calendar steps is too small.');
  await story.try('event-created', (tell) => calendar.eventCreated(scene, mere, tell));
  await story.try('event-moved', (tell) => calendar.eventMoved(scene, mere, tell));
  await story.try('event-private', (tell) => calendar.eventPrivate(scene, tama, tell));
  await story.try('event-cancelled', (tell) => calendar.eventCancelled(scene, mere, tell));
  await story.try('series', (tell) => calendar.series(scene, ngaire, tell));
  await story.try('started-kept', (tell) => calendar.startedKept(scene, rangi, tell));
}

function stepLine({ id, name, ok, ms, detail }: StepResult): string {
  const seconds = `${(ms / SECOND_MS).toFixed(1)} s`.padStart(7);
  return `${ok ? 'ok    ' : 'FAILED'} ${seconds}  ${id.padEnd(15)}  ${name}${detail ? `: ${detail}` : ''}`;
}
