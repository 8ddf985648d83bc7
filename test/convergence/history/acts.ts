import { AppError } from '../../../src/kernel/app-error.js';
import type { UserRow } from '../../../src/records/types.js';
import { TYPED_PHONES } from '../oracle/values.js';
import { organisationOf, type Scene } from './scene.js';
import type { Stage } from './stage.js';

/** What people typed, for the oracle. */
export interface Typed {
  readonly objectId: string;
  readonly phone: string;
}

/** A group that somebody mapped to a team, at any time. */
export interface Mapped {
  readonly groupId: string;
  readonly organisationId: string;
}

/** When the integration was paused, and resumed. */
export interface Pause {
  readonly fromMs: number;
  untilMs: number;
}

export interface Doings {
  readonly pauses: Pause[];
  readonly typed: Typed[];
  readonly mapped: Mapped[];
}

const BY = { who: 'history' };
const TEAMS = ['north', 'south', 'west'] as const;

/** Somebody in GetHomeSafe does something; what the product refuses with a reason does nothing. */
export async function act(
  stage: Stage,
  scene: Scene,
  { what, picks, doings }: { what: string; picks: readonly number[]; doings: Doings },
): Promise<void> {
  const doing = ACTS[what];
  if (!doing) throw new Error(`there is no act ${what}`);
  const users = await linkedUsers(stage, scene);
  const user = users[(picks[0] ?? 0) % Math.max(1, users.length)];
  if (!user) return;
  try {
    await doing({ stage, scene, user, number: picks[1] ?? 0, doings });
  } catch (error) {
    // What is refused is refused: somebody reads the reason and does something else.
    if (!(error instanceof AppError)) throw error;
  }
}

export function linkedUsers({ desk }: Stage, { enterpriseId }: Scene): Promise<UserRow[]> {
  const linked = { enterpriseId, entra: { $exists: true } };
  return desk.store.collection<UserRow>('users').find(linked).sort({ 'entra.objectId': 1 }).toArray();
}

export async function resume({ desk, time }: Stage, { enterpriseId }: Scene, { pauses }: Doings): Promise<void> {
  await desk.integrations.resume(enterpriseId, 'history');
  for (const pause of pauses) pause.untilMs = Math.min(pause.untilMs, time.nowMs());
}

interface Doing {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly user: UserRow;
  readonly number: number;
  readonly doings: Doings;
}

const ACTS: Readonly<Record<string, (doing: Doing) => Promise<unknown>>> = {
  typePhone: async ({ stage, scene, user, number, doings }) => {
    const phone = TYPED_PHONES[number % TYPED_PHONES.length] ?? TYPED_PHONES[0];
    doings.typed.push({ objectId: user.entra?.objectId ?? '', phone });
    await stage.desk.people.edit({ ...scene, person: user._id }, { fields: { mobilePhone: phone } }, BY);
  },
  joinByHand: ({ stage, scene, user, number }) => {
    const teamId = number % 2 === 0 ? scene.teams.north : scene.teams.south;
    return stage.desk.people.edit({ ...scene, person: user._id }, { addTeams: [teamId] }, BY);
  },
  archive: ({ stage, scene, user, number }) =>
    number % 2 === 0 || user.status !== 'archived'
      ? stage.desk.people.archive({ ...scene, person: user._id }, BY)
      : stage.desk.people.restore({ ...scene, person: user._id }, BY),
  /** Somebody whom only GetHomeSafe knows, with an address of somebody in the directory or one of their own. */
  manualPerson: ({ stage, scene, number }) => {
    const live = [...stage.tenant.view().users()].map(({ properties }) => properties['mail']);
    const mail = number % 2 === 0 ? live[number % Math.max(1, live.length)] : `manual${number}@${scene.domain}`;
    const [organisationId = ''] = scene.organisationIds;
    const { enterpriseId } = scene;
    return stage.desk.people.add({ enterpriseId, organisationId, fields: { email: String(mail) } }, BY);
  },
  outside: ({ stage, scene, user }) =>
    stage.desk.activities.startNow({ ...scene, person: user._id }, { name: 'Out' }, BY),
  back: async ({ stage, scene, number }) => {
    const open = await stage.desk.activities.list(scene.enterpriseId, { status: 'open' });
    const one = open[number % Math.max(1, open.length)];
    if (one) await stage.desk.activities.finish({ ...scene, activity: one.id }, BY);
  },
  decide: async ({ stage, scene, number }) => {
    const held = await stage.desk.decisions.list(scene.enterpriseId, { verdict: 'held' });
    const one = held[number % Math.max(1, held.length)];
    if (!one) return;
    const answer = number % 3 === 0 ? 'refuse' : 'approve';
    await stage.desk.decisionActs[answer](scene.enterpriseId, { ids: [one.id] }, BY);
  },
  sync: ({ stage, scene }) =>
    stage.desk.runs.request({
      enterpriseId: scene.enterpriseId,
      trigger: 'manual',
      requestedBy: 'history',
      dry: false,
    }),
  pause: async ({ stage, scene, doings }) => {
    if (doings.pauses.some(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY)) return resume(stage, scene, doings);
    await stage.desk.integrations.pause(scene.enterpriseId, 'history');
    doings.pauses.push({ fromMs: stage.time.nowMs(), untilMs: Number.POSITIVE_INFINITY });
  },
  /** Any group to any team, nested ones too. */
  map: async ({ stage, scene, number, doings }) => {
    const groupId = scene.groups[number % scene.groups.length] ?? '';
    const name = TEAMS[Math.floor(number / 7) % TEAMS.length] ?? 'north';
    await stage.desk.teamMappings.mapTeam(scene.enterpriseId, { groupId, teamId: scene.teams[name] }, 'history');
    doings.mapped.push({ groupId, organisationId: organisationOf(scene, name) });
  },
  /** One stays whose group is never deleted: without any no run begins. */
  unmap: async ({ stage, scene, number }) => {
    const all = await stage.desk.teamMappings.listMappings(scene.enterpriseId);
    const one = all[number % Math.max(1, all.length)];
    const safe = scene.groups.slice(0, 3);
    if (!one || !all.some(({ id, groupId }) => id !== one.id && safe.includes(groupId))) return;
    await stage.desk.teamMappings.unmapTeam(scene.enterpriseId, { id: one.id }, 'history');
  },
  /** The newest that the sync wrote about somebody. */
  undoPerson: ({ stage, scene, user }) => stage.desk.undo.person({ ...scene, person: user._id }, {}, BY),
  undoRun: async ({ stage, scene, number }) => {
    const { rows: all } = await stage.desk.runs.list(scene.enterpriseId, { limit: 20 });
    const ended = all.filter(({ dry, finishedAt }) => !dry && finishedAt !== null);
    const one = ended[number % Math.max(1, ended.length)];
    if (one) await stage.desk.undo.run(scene.enterpriseId, one._id, BY);
  },
  rules: ({ stage, scene, number }) => {
    const patch = number % 2 === 0 ? { includeGuests: number % 4 === 0 } : { removalBrakePercent: 10 + (number % 40) };
    return stage.desk.settings.setSettings(scene.enterpriseId, patch, { by: 'history' });
  },
};
