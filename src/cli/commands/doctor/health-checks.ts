import type { Services } from '../../../compose.js';
import { DAY_MS, HOUR_MS } from '../../../kernel/clock.js';

type Where = { readonly services: Services; readonly tenantId: string };

/** Graph forgets a delta link of the directory after 7 days; two are left for mending. */
const LINK_OLD_MS = 5 * DAY_MS;
const LINK_LIVES_MS = 7 * DAY_MS;

/** What Graph told and did not tell, as catch-up, runs and nightly looks measured it; nothing is asked of Graph here. */
export async function noticesArrive({ services, tenantId }: Where): Promise<string> {
  const rows = await services.subscriptions.ofTenant(tenantId);
  const since = services.clock.nowMs() - DAY_MS;
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
export async function answersAreFast({ services }: Pick<Where, 'services'>): Promise<string> {
  const reports = await services.endpointReports();
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
export async function catchUpGoesOn({ services, tenantId }: Where): Promise<string> {
  const { linkedAt, round } = await services.mirror.cursors.standing(tenantId);
  if (linkedAt === null) {
    if (round === 0) return 'begins with the first sync';
    throw new Error('There is no delta link: changes are found by the next full sync only. Run "ghs sync now".');
  }
  const ageMs = services.clock.nowMs() - linkedAt.getTime();
  const leftHours = Math.max(0, Math.floor((LINK_LIVES_MS - ageMs) / HOUR_MS));
  if (ageMs < LINK_OLD_MS)
    return `goes on from ${linkedAt.toISOString()}; Graph keeps that link for ${leftHours} hours more`;
  const text = `Catch-up stands at ${linkedAt.toISOString()}. In ${leftHours} hours Graph forgets its link, and everything has to be read again.`;
  throw new Error(`${text} Start the service, resume the integration, or run "ghs sync now".`);
}
