import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { alertRules, dashboardQueries, metricsIn } from './deploy-files.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { AZURE_CLIENT_SECRET_EXPIRES: '2199-12-31' } });
});
afterAll(async () => stack?.close());

async function scraped(): Promise<string> {
  return (await fetch(`${stack.opsUrl}/metrics`)).text();
}

/** The value of one time series; NaN where it is not told. */
function seriesIn(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

test('every metric that an alert or the dashboard asks for is told by the service', async () => {
  const told = [...(await scraped()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const asked = [...alertRules().map(({ expr }) => expr), ...dashboardQueries()].flatMap(metricsIn);
  // `up` is Prometheus' own.
  expect([...new Set(asked)].filter((name) => name !== 'up' && !told.includes(name))).toEqual([]);
  expect(asked.length).toBeGreaterThan(30);
});

test('a query names its metrics whatever stands around them', () => {
  const query = 'sum(rate(a_count{status="503"}[5m])) / max by (kind) (b_seconds) > 2 * 86400 or absent(c == 1)';
  expect(metricsIn(query)).toEqual(['a', 'b_seconds', 'c']);
});

test('a worker tells how its tenants stand, without a time series for each tenant', async () => {
  const { services, enterpriseId, tenant } = stack;
  await fieldCrew(stack);
  await stack.sync();
  await subscribed(stack);
  const settled = async () => {
    const text = await scraped();
    const verified = seriesIn(text, 'verified_until_age_seconds{kind="directory"}');
    return seriesIn(text, 'tenants_owned') === 1 && Number.isFinite(verified) ? text : null;
  };
  const text = (await waitFor(settled, { message: 'nothing is verified', everyMs: 500 })) ?? '';
  expect(seriesIn(text, 'tenants_connected')).toBe(1);
  expect(seriesIn(text, 'tenants_refused')).toBe(0);
  expect(seriesIn(text, 'oldest_change_seconds')).toBeGreaterThanOrEqual(0);
  expect(seriesIn(text, 'subscription_left_seconds{kind="users"}')).toBeGreaterThan(86_400);
  expect(seriesIn(text, 'credential_left_days{of="client_secret"}')).toBeGreaterThan(30_000);
  expect(seriesIn(text, 'event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThan(0);
  expect(seriesIn(text, 'resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(text.split('\n').filter((line) => line.includes(tenant.id) && !line.startsWith('tenant_lag'))).toEqual([]);

  // Whoever pauses wants changes to wait: that is no alarm.
  await services.integrations.pause(enterpriseId, 'test');
  const isSilent = async () => {
    const paused = await scraped();
    return Number.isNaN(seriesIn(paused, 'verified_until_age_seconds{kind="directory"}'));
  };
  await waitFor(isSilent, { message: 'a paused tenant is counted', everyMs: 500 });
});
