import type { Page } from 'playwright-core';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew, subscribed } from '../../support/scene.js';

jest.setTimeout(120_000);

let stack: PortalStack;
let browser: Browser;
let page: Page;
let objectId: string;
let group: string;

beforeAll(async () => {
  stack = await startPortalStack({ env: { PROBLEM_DELAY_MS: '2000' } });
  group = await fieldCrew(stack);
  const mail = 'aroha@kiwi.example';
  const properties = {
    displayName: 'Aroha Ngata',
    givenName: 'Aroha',
    surname: 'Ngata',
    mail,
    userPrincipalName: mail,
  };
  objectId = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
  stack.tenant.directory.addMember(group, objectId);
  await stack.sync();
  await subscribed(stack);
  browser = await startBrowser();
  page = await browser.context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

test('a page that is open follows what changes in Entra, without being loaded again', async () => {
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, `people/${objectId}`) });
  const fields = page.getByRole('table', { name: 'Fields' });
  await fields.getByText('Ngata', { exact: true }).first().waitFor();
  await page.locator('[data-live="true"]').waitFor();
  const mark = await page.evaluate(() => Object.assign(globalThis, { isTheSamePage: true }).isTheSamePage);
  stack.tenant.directory.updateUser(objectId, { surname: 'Tūhoe' });
  await fields.getByText('Tūhoe', { exact: true }).first().waitFor();
  expect(await page.evaluate(() => 'isTheSamePage' in globalThis)).toBe(mark);
});

test('a sync that somebody else starts shows on the page while it is open', async () => {
  await page.goto(`${stack.url}${entraPath(stack, 'history')}`);
  await page.locator('[data-live="true"]').waitFor();
  await page.getByText('1 shown').waitFor();
  await stack.sync();
  await page.getByText('2 shown').waitFor();
});

test('a problem that is kept back for a moment comes to the open page by itself', async () => {
  const { services, enterpriseId, organisationId, tenant } = stack;
  await page.goto(`${stack.url}${entraPath(stack, 'problems?code=duplicate_email')}`);
  await page.locator('[data-live="true"]').waitFor();
  await page.getByText('Nothing matches.').waitFor();
  const mail = 'kiri@kiwi.example';
  await services.people.add({ enterpriseId, organisationId, fields: { email: mail } }, { who: 'test' });
  const properties = { displayName: 'Kiri Ngata', mail, userPrincipalName: mail, accountEnabled: true };
  tenant.directory.addMember(group, tenant.directory.createUser(properties).objectId);
  await stack.sync();
  await page.getByRole('link', { name: 'Kiri Ngata' }).waitFor();
});
