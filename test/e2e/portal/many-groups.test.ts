import type { Page } from 'playwright-core';
import { INTEGRATIONS, type IntegrationRow, type MappingRow } from '../../../src/tenancy/types.js';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';

const GROUPS = 2_000;
let stack: PortalStack;
let browser: Browser;
let page: Page;
/** Name of the Entra group that is mapped last. */
let last: string;

beforeAll(async () => {
  stack = await startPortalStack({ simulator: { people: 20, groups: GROUPS } });
  await mapAll();
  browser = await startBrowser();
  page = await browser.context.newPage();
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'team-mappings') });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** Every group of the tenant to the same team, as 2,000 acts of an administrator would leave it. */
async function mapAll(): Promise<void> {
  const { services, enterpriseId, organisationId, teams } = stack;
  const mappings = [...stack.tenant.view().groups()].map(({ id, properties }, priority): MappingRow => {
    const about = { id: `mapping ${priority}`, createdAt: new Date().toISOString(), createdBy: 'test', organisationId };
    return {
      ...about,
      groupId: id,
      groupName: String(properties['displayName']),
      teamId: teams['North'] ?? '',
      priority,
    };
  });
  last = mappings.at(-1)?.groupName ?? '';
  const rows = services.store.collection<IntegrationRow>(INTEGRATIONS);
  await rows.updateOne({ _id: enterpriseId }, { $set: { 'settings.mappings': mappings } });
}

const options = () => page.getByRole('option');

test('2,000 mapped Entra groups are listed in pages, which say that there is more, and found by name', async () => {
  await page.getByText('100 shown, there are more').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('200 shown, there are more').waitFor();
  await page.getByLabel('Find a mapping').fill(last);
  await page.getByText('1 shown', { exact: true }).waitFor();
  await page.getByRole('row', { name: last }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test('the picker shows the first of 2,000 Entra groups, says that there are more, and goes on when one scrolls', async () => {
  await page.getByRole('button', { name: 'Add mapping' }).click();
  const group = page.getByRole('combobox', { name: 'Entra group' });
  await group.click();
  await page.getByRole('option', { name: '50 shown, there are more' }).waitFor();
  expect(await options().count()).toBe(51);
  await options().last().scrollIntoViewIfNeeded();
  await page.getByRole('option', { name: '100 shown, there are more' }).waitFor();
  // By keyboard: from the first one upwards is the last.
  await group.press('ArrowUp');
  await page.getByRole('option', { name: '150 shown, there are more' }).waitFor();
});

test('words of the name find one among 2,000, which is mapped', async () => {
  const group = page.getByRole('combobox', { name: 'Entra group' });
  await group.fill('1234');
  const found = page.getByRole('option', { name: / 1234$/ });
  await found.waitFor();
  await page.getByRole('option', { name: 'there are more' }).waitFor({ state: 'detached' });
  const name = (await found.textContent()) ?? '';
  await found.click();
  await page.getByRole('combobox', { name: 'Team' }).click();
  await page.getByRole('option', { name: 'South' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByLabel('Find a mapping').fill(name);
  await page.getByText('2 shown', { exact: true }).waitFor();
  await page.getByRole('row', { name: new RegExp(`${name}.*South`) }).waitFor();
});
