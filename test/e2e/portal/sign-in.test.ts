import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, setInSight, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';

let stack: PortalStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  stack = await startPortalStack();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});
beforeEach(async () => {
  await browser.context.clearCookies();
  page = await browser.context.newPage();
});
afterEach(() => page.close());

test('whoever is not signed in is asked to, and goes on to where they wanted to', async () => {
  const path = `/enterprises/${stack.enterpriseId}/integrations`;
  await page.goto(`${stack.url}${path}`);
  await page.getByRole('heading', { name: 'Sign in to GetHomeSafe' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await signIn(page, stack, { ...stack.user, path });
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(path);
  expect(await seriousFindings(page)).toEqual([]);
});

test('a wrong password is told in words, without which part was wrong', async () => {
  await page.goto(stack.url);
  await page.getByLabel('User name').fill(stack.user.userName);
  await page.getByLabel(/^Password/).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('The user name or the password is wrong.');
});

test('after signing out, the page is closed to whoever comes next', async () => {
  await signIn(page, stack, stack.user);
  await page.getByRole('button', { name: `Account of ${stack.user.userName}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to GetHomeSafe' }).waitFor();
  await page.goBack().catch(() => null);
  await page.goto(stack.url);
  await page.getByRole('heading', { name: 'Sign in to GetHomeSafe' }).waitFor();
});

describe('where a session ends before something is saved', () => {
  const hours = () => page.getByLabel('A calendar is stale after so many hours');
  const ended = () => page.getByRole('dialog', { name: 'Your session has ended' });
  const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
  const typed = async (text: string) => {
    await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'calendar-activities') });
    await hours().fill(text);
  };
  const signInAgain = async ({ userName, password } = stack.user) => {
    await ended().getByLabel('User name').fill(userName);
    await ended()
      .getByLabel(/^Password/)
      .fill(password);
    await ended().getByRole('button', { name: 'Sign in', exact: true }).click();
    await ended().waitFor({ state: 'detached' });
  };

  test('it is said, and what was typed is there after signing in again', async () => {
    await typed('48');
    await browser.context.clearCookies();
    await save();
    await ended().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await signInAgain();
    expect(await hours().inputValue()).toBe('48');
    await save();
    await page.getByText('Saved', { exact: true }).waitFor();
  });

  test('a dialog that is open stays, with what was chosen in it', async () => {
    await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'team-mappings') });
    await page.getByRole('button', { name: 'Add mapping' }).click();
    const priority = page.getByRole('dialog', { name: 'Add mapping' }).getByLabel('Priority');
    await priority.fill('7');
    await browser.context.clearCookies();
    await setInSight(page, true);
    await ended().waitFor();
    await page.keyboard.press('Escape');
    await signInAgain();
    expect(await priority.inputValue()).toBe('7');
  });

  test('somebody else who signs in there finds nothing of it', async () => {
    await typed('50');
    await browser.context.clearCookies();
    await save();
    await signInAgain(stack.reader);
    await page.getByText('Readers see these settings').waitFor();
    expect(await hours().inputValue()).toBe('48');
  });

  test('nor does somebody else who signed in in another window', async () => {
    await typed('50');
    const other = await browser.context.newPage();
    await browser.context.clearCookies();
    await signIn(other, stack, stack.reader);
    await setInSight(page, true);
    await page.getByText('Readers see these settings').waitFor();
    expect(await hours().inputValue()).toBe('48');
    await other.close();
  });
});

test('somebody changes their own password, and signs in with the new one', async () => {
  await signIn(page, stack, stack.reader);
  await page.getByRole('button', { name: `Account of ${stack.reader.userName}` }).click();
  await page.getByRole('menuitem', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change password' });
  const password = 'another password entirely';
  await dialog.getByLabel(/^Current password/).fill('not the password');
  await dialog.getByLabel(/^New password/).fill(password);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('This is not your password.').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel(/^Current password/).fill(stack.reader.password);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed.').waitFor();
  await browser.context.clearCookies();
  await signIn(page, stack, { userName: stack.reader.userName, password });
});
