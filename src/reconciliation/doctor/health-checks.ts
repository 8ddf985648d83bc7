import { DAY_MS, HOUR_MS } from '../../kernel/clock.js';
import type { DoctorDeps } from './doctor.js';

/** Graph forgets a delta link of the directory after 7 days; two are left for mending. */
const LINK_OLD_MS = 5 * DAY_MS;
const LINK_LIVES_MS = 7 * DAY_MS;

/** What Graph told and did not tell, as catch-up, runs and nightly looks measured it; nothing is asked of Graph here. */
export async function noticesArrive(
  { subscriptions, clock }: Pick<DoctorDeps, 'subscriptions' | 'clock'>,
  tenantId: string,
): Promise<string> {
  const rows = await subscriptions.ofTenant(tenantId);
  const since = clock.nowMs() - DAY_MS;
  const losing = rows.filter(({ lostAt }) => lostAt && lostAt.getTime() > since);
  if (losing.length === 0) return `${rows.length} subscriptions, none lost notices within a day`;
  const each = losing.map(
    ({ resource, lostNotices, lostAt }) => `${resource}: ${lostNotices} in all, last ${lostAt?.toISOString()}`,
  );
  const mend =
    'Check that NOTIFICATION_URL is reachable and answers within 3 s; after two losses in a row the subscription is made anew by itself.';
  throw new Error(`We found changes that Graph did not tell of (${each.join('; ')}). ${mend}`);
}

/** Whether we answer Graph fast enough, as each process that takes notifications reported it. */
export async function answersAreFast({ endpointReports }: Pick<DoctorDeps, 'endpointReports'>): Promise<string> {
  const reports = await endpointReports();
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const said = reports.map(({ answers, over3s, over10s }) => {
    return `${answers} answers, ${percent(over3s)} over 3 s, ${percent(over10s)} over 10 s`;
  });
  const slow = reports.filter(({ state }) => state !== 'good');
  if (slow.length === 0) return `in ten minutes: ${said.join('; ') || 'no process has taken notifications'}`;
  const lines = 'Above 10 % over 3 s Graph delays what it tells by ten minutes, above 15 % over 10 s it drops it.';
  throw new Error(`${said.join('; ')}. ${lines} Look at the database and at what else runs on the machine.`);
}

/** How long catch-up can go on from where it stands. */
export async function catchUpGoesOn(
  { cursors, clock }: Pick<DoctorDeps, 'cursors' | 'clock'>,
  tenantId: string,
): Promise<string> {
  const { linkedAt, round } = await cursors.standing(tenantId);
  if (linkedAt === null) {
    if (round === 0) return 'begins with the first sync';
    throw new Error('There is no delta link: changes are found by the next full sync only. Choose Sync Now.');
  }
  const ageMs = clock.nowMs() - linkedAt.getTime();
  const leftHours = Math.max(0, Math.floor((LINK_LIVES_MS - ageMs) / HOUR_MS));
  if (ageMs < LINK_OLD_MS)
    return `goes on from ${linkedAt.toISOString()}; Graph keeps that link for ${leftHours} hours more`;
  const text = `Catch-up stands at ${linkedAt.toISOString()}. In ${leftHours} hours Graph forgets its link, and everything has to be read again.`;
  throw new Error(`${text} Start the service, resume the integration, or choose Sync Now.`);
}

/** As the last sync found them: nothing is asked of Graph here. */
export async function mappingsWork(
  { mappingViews }: Pick<DoctorDeps, 'mappingViews'>,
  enterpriseId: string,
): Promise<string> {
  const mappings = await mappingViews.list(enterpriseId);
  const broken = mappings.filter(({ status }) => status !== 'ok' && status !== 'not_read');
  const count = mappings.length === 1 ? '1 team mapping' : `${mappings.length} team mappings`;
  if (broken.length === 0) return `${count}, none broken`;
  throw new Error(broken.map(({ id, status, reason, remedy }) => `${id} ${status}: ${reason} ${remedy}`).join(' '));
}
