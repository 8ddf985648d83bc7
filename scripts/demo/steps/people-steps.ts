import { z } from 'zod';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { waitUntil } from '../../stage/wait-until.js';
import { insist, isIn, type Newcomer, type Scene } from '../scene/scene.js';
import type { Tell } from '../story.js';

const runSchema = z.object({
  status: z.string(),
  writes: z.number(),
  counts: z.looseObject({ seen: z.number(), created: z.number(), activitiesCreated: z.number().optional() }),
});
const memberSchema = z.object({ id: z.string() });
const accountSchema = z.object({ id: z.string(), userPrincipalName: z.string(), accountEnabled: z.boolean() });
const personSchema = z.object({
  status: z.string(),
  teams: z.array(z.object({ id: z.string(), reason: z.string() })),
  problems: z.array(z.object({ code: z.string() })),
});

/** Sync Now, and everybody who should be in a team is in it. */
export async function firstRun({ stage, control, at, mapped, below, ...scene }: Scene, tell: Tell): Promise<void> {
  const run = await stage.ghs(runSchema, 'sync', 'now', '--wait', '--timeout', '40');
  insist(/^succeeded/.test(run.status), `The run ended as ${run.status}.`);
  const accounts = await control.items(accountSchema, `${at}/users?limit=10000`);
  const wanted = new Set(
    // Guests, who are known by their principal names, are left out unless a setting says otherwise.
    accounts.filter((each) => each.accountEnabled && !each.userPrincipalName.includes('#EXT#')).map(({ id }) => id),
  );
  const members = [
    ...(await control.items(memberSchema, `/${at.slice(1)}/groups/${mapped.field.group.id}/members`)),
    ...(await control.items(memberSchema, `/${at.slice(1)}/groups/${below.id}/members`)),
  ].filter(({ id }) => wanted.has(id));
  for (const { id } of members) {
    const record = await scene.recordOf(id);
    insist(record !== null && isIn(mapped.field.team.id)(record), `${id} of ${below.name} is not in the team.`);
  }
  const { seen, created, activitiesCreated = 0 } = run.counts;
  const planned = activitiesCreated > 0 ? `${activitiesCreated} activities from calendars, ` : '';
  tell(`${seen} people seen, ${created} added, ${planned}${run.writes} writes, ${run.status}`);
}

/** A name is changed in Entra. */
export async function field(scene: Scene, person: Newcomer, tell: Tell): Promise<void> {
  const sinceMs = systemClock.nowMs();
  await scene.control.change('PATCH', `${scene.at}/users/${person.id}`, {
    surname: 'Tūhoe',
    mobilePhone: '021 234 5678',
  });
  const isNew = ({ lastName, mobilePhone }: { lastName: string | null; mobilePhone: string | null }) =>
    lastName === 'Tūhoe' && mobilePhone === '+64212345678';
  const { tookMs } = await scene.seen(person.id, isNew, { for: 'the new name and number', sinceMs });
  tell(`in GetHomeSafe after ${tookMs} ms`);
}

/** Joins a group and gets the team of the mapping that the group, or one above it, has. */
export async function join(scene: Scene, groupId: string, { person, tell }: { person: Newcomer; tell: Tell }) {
  const teamId = scene.mapped.field.team.id;
  const sinceMs = systemClock.nowMs();
  await scene.control.change('PUT', `${scene.at}/groups/${groupId}/members/${person.id}`);
  const { tookMs } = await scene.seen(person.id, isIn(teamId), { for: `${person.name} in the team`, sinceMs });
  const shown = await scene.stage.ghs(personSchema, 'people', 'show', person.email);
  insist(
    shown.teams.some(({ id, reason }) => id === teamId && reason === 'mapping'),
    `ghs shows ${JSON.stringify(shown.teams)} for ${person.name}.`,
  );
  tell(`in the team after ${tookMs} ms`);
}

/** Leaves the group; the removal ripens before it is decided, and the person stays. */
export async function leave(scene: Scene, groupId: string, { person, tell }: { person: Newcomer; tell: Tell }) {
  const sinceMs = systemClock.nowMs();
  await scene.control.change('DELETE', `${scene.at}/groups/${groupId}/members/${person.id}`);
  const isOut = (record: Parameters<ReturnType<typeof isIn>>[0]) => !isIn(scene.mapped.field.team.id)(record);
  const { record, tookMs } = await scene.seen(person.id, isOut, { for: `${person.name} out of the team`, sinceMs });
  insist(record.status !== 'archived', 'Leaving a group archived the person, which no setting asked for.');
  tell(`out of the team after ${tookMs} ms, of which ${scene.stage.config.times.ripeningMs} ms ripen`);
}

/** Somebody added by hand has the address of somebody who joins. */
export async function duplicate(scene: Scene, tell: Tell): Promise<void> {
  const { stage, control, at, mapped, enterpriseId } = scene;
  const { ghs, services, signal } = stage;
  const taken = await scene.newcomer('Hinewai Rātana', { mail: 'payroll@shared.example' });
  const free = await scene.newcomer('Wiremu Pōtae');
  const by = ['--organisation', mapped.field.organisationId, '--email', 'Payroll@Shared.Example'];
  const { id: byHand } = await ghs(memberSchema, 'people', 'add', ...by, '--first-name', 'Payroll');
  const sinceMs = systemClock.nowMs();
  for (const { id } of [taken, free])
    await control.change('PUT', `${at}/groups/${mapped.field.group.id}/members/${id}`);
  await scene.seen(free.id, isIn(mapped.field.team.id), { for: `${free.name} in the team`, sinceMs });
  await waitUntil(
    async () =>
      (await services.problems.list(enterpriseId, { objectId: taken.id, code: 'duplicate_email' })).length === 1,
    { for: `the problem of ${taken.name}`, limitMs: 10 * SECOND_MS, signal },
  );
  const about = z.object({ items: z.array(z.object({ person: z.string(), remedy: z.string() })) });
  const { items } = await ghs(about, 'problems', 'list', '--code', 'duplicate_email');
  insist(items.length === 1 && items[0]?.person === taken.id, `ghs lists ${JSON.stringify(items)}.`);
  const fine = await ghs(personSchema, 'people', 'show', free.email);
  insist(fine.problems.length === 0, `${free.name} has problems too: ${JSON.stringify(fine.problems)}.`);
  insist((await scene.recordOf(taken.id)) === null, 'The record added by hand was taken over.');
  insist((await services.people.find(enterpriseId, byHand)).entra === undefined, 'The record by hand was linked.');
  tell(`${items[0]?.remedy}`);
}

/** One account is disabled, another one deleted softly. */
export async function archive(scene: Scene, [first, second]: Pair, tell: Tell): Promise<void> {
  const sinceMs = systemClock.nowMs();
  await scene.control.change('PATCH', `${scene.at}/users/${first.id}`, { accountEnabled: false });
  await scene.control.change('DELETE', `${scene.at}/users/${second.id}`);
  tell(
    await bothAre(scene, [first, second], { sinceMs, words: 'archived', wanted: (status) => status === 'archived' }),
  );
}

export async function restore(scene: Scene, [first, second]: Pair, tell: Tell): Promise<void> {
  const sinceMs = systemClock.nowMs();
  await scene.control.change('PATCH', `${scene.at}/users/${first.id}`, { accountEnabled: true });
  await scene.control.change('POST', `${scene.at}/users/${second.id}/restore`);
  tell(await bothAre(scene, [first, second], { sinceMs, words: 'back', wanted: (status) => status !== 'archived' }));
}

export type Pair = readonly [disabled: Newcomer, deleted: Newcomer];

async function bothAre(
  scene: Scene,
  [first, second]: Pair,
  { sinceMs, words, wanted }: { sinceMs: number; words: string; wanted(status: string): boolean },
): Promise<string> {
  const isSo = ({ status }: { status: string }) => wanted(status);
  const disabled = await scene.seen(first.id, isSo, { for: `${first.name} ${words}`, sinceMs });
  const deleted = await scene.seen(second.id, isSo, { for: `${second.name} ${words}`, sinceMs });
  const shown = await scene.stage.ghs(personSchema, 'people', 'show', second.id);
  insist(wanted(shown.status), `ghs shows ${second.name} as ${shown.status}.`);
  return `${words} after ${disabled.tookMs} and ${deleted.tookMs} ms`;
}

/** Once looks and ripening are over, a run finds nothing to write. */
export async function secondRun(scene: Scene, tell: Tell): Promise<void> {
  await atRest(scene);
  const run = await scene.stage.ghs(runSchema, 'sync', 'now', '--wait', '--timeout', '40');
  insist(/^succeeded/.test(run.status), `The run ended as ${run.status}.`);
  insist(run.writes === 0, `The run wrote ${run.writes} times: ${JSON.stringify(run.counts)}.`);
  tell(`${run.counts.seen} people seen, 0 writes`);
}

/** Nothing is on its way any more: no delivery, no open change, no look and nothing that ripens. */
export async function atRest({ stage, tenantId }: Scene): Promise<void> {
  const { services, signal, simulator, config } = stage;
  const { looksMs, ripeningMs, goneConfirmMs } = config.times;
  const quietMs = Math.max(...looksMs, ripeningMs, goneConfirmMs) + SECOND_MS / 2;
  let quietSinceMs = systemClock.nowMs();
  const look = async () => {
    const { open } = await services.changes.stats(tenantId);
    const pending = (await services.mirror.cursors.load(tenantId)).pending;
    if (open > 0 || pending !== null || simulator.delivery.waiting() > 0) quietSinceMs = systemClock.nowMs();
    return systemClock.nowMs() - quietSinceMs >= quietMs;
  };
  await waitUntil(look, { for: 'quiet after the changes', limitMs: 20 * SECOND_MS, everyMs: 100, signal });
}
