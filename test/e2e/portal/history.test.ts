import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

const MARKUP = '<img src=x onerror="document.title=1">';

let stack: PortalStack;
let browser: Browser;
let page: Page;
let run: string;
let odd: string[] = [];

beforeAll(async () => {
  stack = await startPortalStack();
  const { directory } = stack.tenant;
  const { services, enterpriseId, organisationId } = stack;
  const groupId = await fieldCrew(stack);
  for (const [givenName, mail] of [
    ['Aroha', 'aroha@kiwipower.test'],
    [MARKUP, 'markup@kiwipower.test'],
    ['=1+1', 'sum@kiwipower.test'],
    ['Kiri', 'kiri@kiwipower.test'],
  ] as const) {
    const names = { givenName, surname: 'Ngātā', displayName: givenName, userPrincipalName: mail };
    directory.addMember(groupId, directory.createUser({ ...names, mail }).objectId);
  }
  await services.people.add(
    { enterpriseId, organisationId, fields: { email: 'kiri@kiwipower.test' } },
    { who: 'test' },
  );
  run = (await stack.sync())._id;
  browser = await startBrowser();
  page = await browser.context.newPage();
  page.on('pageerror', (error) => odd.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) odd.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

beforeEach(async () => {
  odd = [];
  await browser.context.clearCookies();
});

const table = (name: string) => page.getByRole('table', { name });
const row = (text: string) => page.getByRole('row').filter({ hasText: text });

test('a sync is found in the history, and each error says what to do and leads there', async () => {
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'history') });
  await page.getByRole('heading', { name: 'Sync history' }).waitFor();
  const line = table('Syncs, the latest first').getByRole('row').filter({ hasText: 'Succeeded with errors' });
  expect(await line.textContent()).toContain('3 added');
  expect(await seriousFindings(page)).toEqual([]);
  await line.getByRole('link').click();

  await row('Duplicate email').waitFor();
  const toDesk = row('Duplicate email').getByRole('link', { name: 'Go to Problems' });
  expect(await toDesk.getAttribute('href')).toContain('/problems?code=duplicate_email&person=');
  await page.getByRole('combobox', { name: 'How bad' }).click();
  await page.getByRole('option', { name: 'Errors' }).click();
  await page.getByText('1 shown').waitFor();
  expect(new URL(page.url()).searchParams.get('severity')).toBe('error');
  expect(await seriousFindings(page)).toEqual([]);
});

test('what stands in a directory shows as text, whatever it looks like', async () => {
  await signIn(page, stack, { ...stack.user, path: `${entraPath(stack, 'history')}/${run}?tab=users` });
  await row(MARKUP).first().waitFor();
  await page.getByRole('tab', { name: 'Teams' }).click();
  await row(MARKUP).first().waitFor();
  await page.goto(`${stack.url}${entraPath(stack, 'log')}`);
  await row(MARKUP).first().waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(odd).toEqual([]);
});

test('the history is downloaded as CSV, with formulas disarmed', async () => {
  await signIn(page, stack, { ...stack.user, path: `${entraPath(stack, 'history')}/${run}` });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^items-[\d-]+\.csv$/);
  expect(await readFile(await download.path(), 'utf8')).toContain(",'=1+1 Ngātā,");
});

test('the audit log is read by person, and by who changed which setting', async () => {
  await signIn(page, stack, { ...stack.reader, path: entraPath(stack, 'log') });
  await page.getByRole('textbox', { name: 'Person' }).fill('aroha@kiwipower.test');
  await table('What was written to records, newest first')
    .getByRole('row')
    .filter({ hasText: 'Aroha' })
    .first()
    .waitFor();
  await page.getByText('=1+1').first().waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('person')).toBe('aroha@kiwipower.test');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Settings and decisions' }).click();
  await row('Mapping added').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test('a reader sees that undoing is for account administrators', async () => {
  await signIn(page, stack, { ...stack.reader, path: `${entraPath(stack, 'history')}/${run}` });
  const undo = page.getByRole('button', { name: 'Undo this sync' });
  await undo.waitFor();
  expect(await undo.isDisabled()).toBe(true);
  expect(await undo.getAttribute('title')).toBe('Only account administrators can undo a sync.');
});

test('a sync is undone after asking, and what was left is told with why', async () => {
  const { services, enterpriseId, teams } = stack;
  const aroha = await services.people.find(enterpriseId, 'aroha@kiwipower.test');
  const edit = { addTeams: [teams['South'] ?? ''] };
  await services.people.edit({ enterpriseId, person: aroha._id }, edit, { who: 'test' });
  await signIn(page, stack, { ...stack.user, path: `${entraPath(stack, 'history')}/${run}` });
  await page.getByRole('button', { name: 'Undo this sync' }).click();
  const dialog = page.getByRole('dialog', { name: 'Undo this sync?' });
  expect(await dialog.textContent()).toContain('3 added');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel('Reason').fill('a test');
  await dialog.getByRole('button', { name: 'Undo this sync' }).click();
  const done = page.getByRole('dialog', { name: 'Undone' });
  await done.getByText(/left as they are/).waitFor();
  expect(await done.textContent()).toContain('Aroha');
  expect(await seriousFindings(page)).toEqual([]);
});

test('a sync is followed while it is under way', async () => {
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'history') });
  await page.getByRole('heading', { name: 'Sync history' }).waitFor();
  // Everything takes long until it has been seen that the page waits.
  stack.simulator.faults.add({ match: { path: '.' }, after: 0, times: 1_000, action: { delayMs: 2_000 } });
  const { enterpriseId } = stack;
  const wanted = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false } as const;
  const { run: begun } = await stack.services.runs.request(wanted);
  await page.goto(`${stack.url}${entraPath(stack, 'history')}/${begun._id}`);
  await page.getByText(/^Syncing, /).waitFor();
  stack.simulator.faults.clear();
  await page.getByText(/^Succeeded/).waitFor();
});
