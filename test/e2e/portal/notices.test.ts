import type { Page } from 'playwright-core';
import { type MailServer, startMailServer } from '../../integration/notices/mail-server.js';
import { type Receiver, startReceiver } from '../../integration/notices/webhook-receiver.js';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';

let stack: PortalStack;
let server: MailServer;
let receiver: Receiver;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await startMailServer();
  receiver = await startReceiver();
  const mail = { SMTP_URL: `smtp://127.0.0.1:${server.port}`, MAIL_FROM: 'notices@ghs.example' };
  stack = await startPortalStack({ env: mail });
  browser = await startBrowser();
  page = await browser.context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await stack?.close();
  await server?.close();
  await receiver?.close();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });

test('an administrator chooses who is told and of what, which applies at once', async () => {
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'notices') });
  await page.getByText(`Told now: ${stack.user.userName}`).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'E-mail addresses that are told' }).fill('desk@kiwi.example');
  await page.keyboard.press('Enter');
  await page.getByRole('switch', { name: 'Calendars could not be verified' }).click();
  await button('Save').click();
  await page.getByText('Told now: desk@kiwi.example').waitFor();
  const { body } = await stack.api(`/enterprises/${stack.enterpriseId}/notices/settings`);
  expect(body).toMatchObject({ emails: ['desk@kiwi.example'], kinds: { calendars_stale: false, sync_failing: true } });
});

test('a webhook shows its secret once, and a trial says what came of each', async () => {
  // What is changed beside it and not saved yet is not changed by somebody else.
  await page.getByRole('switch', { name: 'New problems, once a day' }).click();
  await page.getByRole('textbox', { name: 'Address of the webhook' }).fill(receiver.url);
  await button('Set webhook').click();
  await page.getByText(/^whsec_/).waitFor();
  await button('Save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  receiver.answerWith(500);
  await button('Send a trial').click();
  await page.getByText('desk@kiwi.example: sent').waitFor();
  await page.getByText('not sent. The receiver answered 500.').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.reload();
  await page.getByText(`Notices are posted to ${new URL(receiver.url).origin}`).waitFor();
  expect(await page.getByText(/whsec_/).count()).toBe(0);
  await button('Remove webhook').click();
  await page.getByText('No webhook is set.').waitFor();
});
