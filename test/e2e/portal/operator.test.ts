import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew, subscribed } from '../../support/scene.js';

let stack: PortalStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  stack = await startPortalStack();
  await fieldCrew(stack);
  await subscribed(stack);
  browser = await startBrowser();
  page = await browser.context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const main = () => page.getByRole('navigation', { name: 'Main' });
const row = (text: string) => page.getByRole('row').filter({ hasText: text });

test('an account administrator has no entry for operators, and finds nothing at their address', async () => {
  await signIn(page, stack, { ...stack.user, path: '/operator' });
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  expect(await main().getByRole('link', { name: 'Tenants' }).count()).toBe(0);
  await browser.context.clearCookies();
});

test('an operator sees every enterprise with how it stands', async () => {
  await signIn(page, stack, { ...stack.operator, path: '/operator' });
  await row('Kiwi Power').waitFor();
  expect(await row('Kiwi Power').textContent()).toContain(stack.tenant.id);
  expect(await row('Other Power').textContent()).toContain('Not connected');
  await page.getByRole('textbox', { name: 'Enterprise' }).fill('kiwi');
  await page.getByText('1 shown').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test('subscriptions are seen by tenant and renewed on demand', async () => {
  await main().getByRole('link', { name: 'Subscriptions' }).click();
  await row('users').first().waitFor();
  const renew = page.getByRole('button', { name: 'Renew what ends within a week' });
  expect(await renew.isDisabled()).toBe(true);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('textbox', { name: 'Tenant GUID' }).fill(stack.tenant.id);
  await page.waitForURL((url) => url.searchParams.get('tenantId') === stack.tenant.id);
  await renew.click();
  await page.getByText('Renewed 0, made anew 0, left to the service 0, failed 0.').waitFor();
});

test('parked changes of an enterprise show why and are opened again', async () => {
  const { changes, clock } = stack.services;
  const tenantId = stack.tenant.id;
  const later = new Date(clock.nowMs() + 3_600_000);
  await changes.note([{ tenantId, kind: 'user', objectId: 'stuck', via: 'manual', notified: 0, dueAt: later }]);
  const { rows } = await changes.list({ tenantId, limit: 10 });
  const parking = { code: 'read_failed', message: 'It could not be read.', nextTryAt: later };
  await changes.park(rows.map(({ _id: id, mark }) => ({ id, mark, ...parking })));

  await main().getByRole('link', { name: 'Changes' }).click();
  await page.getByRole('main').getByRole('combobox', { name: 'Enterprise' }).click();
  await page.getByRole('option', { name: 'Kiwi Power' }).click();
  await row('read_failed: It could not be read.').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Retry user stuck' }).click();
  await page.getByText('Opened 1 changes again.').waitFor();
  await row('read_failed').waitFor({ state: 'detached' });
});

test('jobs with their times, and how fast Graph is answered, are seen', async () => {
  await main().getByRole('link', { name: 'Jobs and answers' }).click();
  await row('reconcile-due').waitFor();
  await row('good').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test('a token is made, told once, and revoked; an account is disabled after asking', async () => {
  await main().getByRole('link', { name: 'Accounts and tokens' }).click();
  await page.getByRole('button', { name: `Disable ${stack.reader.userName}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await row(stack.reader.userName).getByText('Disabled').waitFor();
  await page.getByText('Tokens revoked with it: 0.').waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Tokens' }).click();
  await page.getByRole('textbox', { name: 'What it is for' }).fill('reports');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByRole('alert').getByText('say which').waitFor();
  await page.getByRole('main').getByRole('combobox', { name: 'Enterprise' }).click();
  await page.getByRole('option', { name: 'Kiwi Power' }).click();
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByText(/^ghs_/).waitFor();
  await page.getByRole('button', { name: 'Revoke reports' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row('reports').getByText('Revoked').waitFor();
});
