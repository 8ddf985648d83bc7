import type { Page } from 'playwright-core';
import type { NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';
import { at } from '../../support/calendar-scene.js';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

let stack: PortalStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  stack = await startPortalStack({ calendarSync: true });
  const { directory, calendars } = stack.tenant;
  const crew = await fieldCrew(stack);
  const mailbox = { timeZone: 'New Zealand Standard Time', userPurpose: 'user' };
  const mail = 'ana@kiwipower.test';
  const names = { displayName: 'Ana Māhina', givenName: 'Ana', surname: 'Māhina' };
  const ana = directory.createUser({ ...names, mail, userPrincipalName: mail, accountEnabled: true }, mailbox).objectId;
  directory.addMember(crew, ana);
  const event = (subject: string, hours: number, showAs: string) => {
    const times = { start: at(hours), end: at(hours + 1) };
    calendars.createEvent(ana, { subject, ...times, showAs } as NewEvent);
  };
  event('Site visit <b>pole 7</b>', 30, 'busy');
  event('Lunch', 40, 'free');
  event('Stand-up', 50, 'busy');
  await stack.sync();
  browser = await startBrowser();
  page = await browser.context.newPage();
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'calendar-activities') });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const saved = async () => (await stack.api(`/enterprises/${stack.enterpriseId}/integration/calendar-activities`)).body;

test('a rule is tried with a person before it is saved, and says why of each event', async () => {
  const person = page.getByRole('combobox', { name: 'Person' });
  await person.fill('ana');
  await page.getByRole('option', { name: /Ana Māhina/ }).click();
  await page.getByText('Next 14 days: 3 events, 2 would become activities.').waitFor();
  await page.getByRole('row', { name: /Lunch/ }).getByText('It is not shown as work.').waitFor();
  await page.getByRole('row', { name: 'Site visit <b>pole 7</b>' }).getByText('Yes').waitFor();
  const rule = page.getByRole('group', { name: 'Which events become activities' });
  await rule.getByRole('radio', { name: 'Only events with a word in their subject' }).check();
  await page.getByText('The rule could not be tried').waitFor();
  await rule.getByRole('combobox', { name: 'Words' }).fill('site visit');
  await page.keyboard.press('Enter');
  await page.getByText('Next 14 days: 3 events, 1 would become an activity.').waitFor();
  await page
    .getByRole('row', { name: /Stand-up/ })
    .getByText('The rule wants other events.')
    .waitFor();
  expect((await saved()).rule.include).toBe('all_busy');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect((await saved()).rule).toMatchObject({ include: 'keyword', values: ['site visit'] });
});

test('what is wrong with a rule stands at its field', async () => {
  await page.getByLabel('At least so long').fill('90');
  await page.getByLabel('At most so long').fill('60');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page
    .getByText(/is more than maxMinutes/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Discard changes' }).click();
});

test('an organisation gets a rule and an activity type of its own', async () => {
  await page.getByRole('combobox', { name: 'Organisation with another rule' }).click();
  await page.getByRole('option', { name: 'Lines' }).click();
  await page.getByRole('button', { name: 'Add exception' }).click();
  const own = page.getByRole('group', { name: 'Rule of Lines' });
  await own.getByRole('checkbox', { name: 'Include all-day events' }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect((await saved()).organisations[0].rule).toMatchObject({ allDay: true, include: 'keyword' });
  await page.getByLabel('Activity type of Lines').fill('Site visit');
  await page.getByRole('button', { name: 'Save for Lines' }).click();
  await page.getByText('Saved; it follows as calendars are read').waitFor();
  expect((await saved()).organisations[0].type).toBe('Site visit');
});

test('calendars are listed with their state', async () => {
  const list = page.getByRole('region', { name: 'Calendars' }).first();
  await list.getByRole('row', { name: /Ana Māhina/ }).waitFor();
  await list.getByText('Stale', { exact: true }).click();
  await list.getByText('No calendar is stale.').waitFor();
});

test('who disconnects is told what has not begun, and can have it cancelled', async () => {
  const planned = async (status: 'scheduled' | 'cancelled') =>
    (await stack.services.activities.list(stack.enterpriseId, { status })).map(({ name }) => name);
  const before = await planned('scheduled');
  expect(before.length).toBeGreaterThan(0);
  await page.goto(`${stack.url}${entraPath(stack)}`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disconnect Microsoft Entra ID?' });
  const choice = dialog.getByRole('radiogroup', {
    name: `Activities from calendars that have not begun: ${before.length}`,
  });
  expect(await choice.getByRole('radio', { name: /^Keep them/ }).isChecked()).toBe(true);
  await choice.getByRole('radio', { name: 'Cancel them' }).check();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('heading', { name: 'Locate your Tenant ID and paste it here' }).waitFor();
  expect(await planned('scheduled')).toEqual([]);
  expect(await planned('cancelled')).toEqual(expect.arrayContaining(before));
});
