import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { chooseVictim } from '../kill/kinds.js';
import type { Ship } from '../kill/processes/fleet.js';
import type { Trial, TrialTenant } from '../kill/trial.js';
import { waitUntil } from '../stage/wait-until.js';

interface SmokeStep {
  readonly id: string;
  /** Answers what was seen; throws what is wrong. */
  run(trial: Trial): Promise<string>;
}

const READY_WITHIN_MS = 60 * SECOND_MS;
/** A take-over takes 20 s at the most; slow machines are given more. */
const ARRIVES_WITHIN_MS = 120 * SECOND_MS;

/** In this order; each leaves everything running. */
export const SMOKE_STEPS: readonly SmokeStep[] = [
  { id: 'ready', run: everybodyIsReady },
  { id: 'page', run: thePageIsServed },
  { id: 'change', run: aChangeArrives },
  { id: 'worker-killed', run: withoutItsWorker },
  { id: 'primary-killed', run: withoutThePrimary },
];

async function everybodyIsReady({ ships, signal }: Trial): Promise<string> {
  const isReady = async ({ opsPort }: Ship) => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok;
  const areReady = async () => (await Promise.all(ships.map((ship) => isReady(ship)))).every(Boolean);
  await waitUntil(areReady, { for: 'ready processes', limitMs: READY_WITHIN_MS, everyMs: 200, signal });
  return ships.map(({ name }) => name).join(', ');
}

async function thePageIsServed({ ships }: Trial): Promise<string> {
  const portal = ships.find(({ role }) => role === 'portal');
  const answer = await fetch(`http://127.0.0.1:${portal?.port}/`);
  const text = await answer.text();
  if (!answer.ok || !text.includes('<div id="root"')) throw new Error(`The page answers ${answer.status}.`);
  const api = await fetch(`http://127.0.0.1:${portal?.port}/api/v1/session`);
  if (api.status !== 401) throw new Error(`The API lets nobody in with ${api.status}, not 401.`);
  return 'served, and the API wants a sign-in';
}

async function aChangeArrives(trial: Trial): Promise<string> {
  const [tenant] = trial.tenants;
  if (!tenant) throw new Error('There is no tenant.');
  return arrives(trial, tenant, 'a change');
}

async function withoutItsWorker(trial: Trial): Promise<string> {
  const { of, owner } = await chooseVictim(trial);
  await owner.kill();
  const said = await arrives(trial, of, `a change without ${owner.name}`);
  await owner.start();
  return said;
}

async function withoutThePrimary(trial: Trial): Promise<string> {
  const { set, tenants, signal } = trial;
  const primary = await waitUntil(() => set.primary(), { for: 'a primary', limitMs: READY_WITHIN_MS, signal });
  await primary.kill();
  const [tenant] = tenants;
  if (!tenant) throw new Error('There is no tenant.');
  const said = await arrives(trial, tenant, 'a change without the first primary');
  await primary.start();
  await set.healthy();
  return said;
}

/** Somebody gets a new surname at Microsoft; the record has it. */
async function arrives(trial: Trial, tenant: TrialTenant, what: string): Promise<string> {
  const { services, signal } = trial;
  const surname = `After ${what}`;
  tenant.tenant.directory.updateUser(tenant.probe, { surname });
  const startedMs = systemClock.nowMs();
  const isIn = async () => (await services.people.findOrNull(tenant.enterpriseId, tenant.probe))?.lastName === surname;
  await waitUntil(isIn, { for: what, limitMs: ARRIVES_WITHIN_MS, everyMs: 50, signal });
  return `${what} is in after ${systemClock.nowMs() - startedMs} ms`;
}
