import type { Page } from 'playwright-core';
import { DECISIONS } from '../../../src/records/types.js';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

jest.setTimeout(240_000);

let stack: PortalStack;
let browser: Browser;
let page: Page;
let group: string;
const ids: Record<string, string> = {};

const NAMES = ['Aroha', 'Wiremu', 'Hēmi', 'Mere', 'Tama', 'Kiri', 'Anahera', 'شيماء'];

const mailOf = (name: string) => `${name.toLowerCase()}@kiwi.example`;

function add(name: string, mail = `person${Object.keys(ids).length}@kiwi.example`): void {
  const properties = { displayName: `${name} Ngata`, givenName: name, surname: 'Ngata', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
  stack.tenant.directory.addMember(group, id);
  ids[name] = id;
}

const open = (section: string) => page.goto(`${stack.url}${entraPath(stack, section)}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor();
const dialog = () => page.getByRole('dialog');

beforeAll(async () => {
  stack = await startPortalStack();
  group = await fieldCrew(stack);
  for (const name of NAMES) add(name);
  const { organisationId, enterpriseId, services } = stack;
  const fields = { email: 'person3@kiwi.example', firstName: 'Mere', lastName: 'the Older' };
  await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  browser = await startBrowser();
  page = await browser.context.newPage();
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'plan') });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

test('the first sync is planned first, with one team, looked at person by person, and applied exactly', async () => {
  await heading('Plan');
  await page.getByText('The first sync is planned first').waitFor();
  await page.getByRole('combobox', { name: 'Start with one team' }).click();
  await page.getByRole('option', { name: /North/ }).click();
  await waitFor(
    async () => (await stack.api(`/enterprises/${stack.enterpriseId}/plan-start`)).body.startWithTeam !== null,
    { message: 'the team was not saved' },
  );
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make a plan' }).click();
  const table = page.getByRole('table', { name: 'What would change' });
  await table.getByRole('link', { name: 'Hēmi Ngata' }).waitFor();
  await page.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: /^Add \(7\)/ }).click();
  await table.getByRole('link', { name: 'Mere Ngata' }).waitFor({ state: 'detached' });
  await page.getByLabel('Person', { exact: true }).fill('wiremu');
  await table.getByRole('link', { name: 'Hēmi Ngata' }).waitFor({ state: 'detached' });
  await table.getByRole('link', { name: 'Wiremu Ngata' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Apply exactly this' }).click();
  await dialog().getByRole('button', { name: 'Apply exactly this' }).click();
  await page.getByText(/^Applied: Succeeded/).waitFor();
  await page.getByText('Nothing was left out.').waitFor();
});

describe('after the first sync', () => {
  beforeAll(async () => {
    await stack.services.settings.setSettings(stack.enterpriseId, { startWithTeam: null }, { by: 'test' });
    await stack.sync();
  });

  test('a duplicate address leads from its problem to both sides, and ends by archiving the old profile', async () => {
    await open('problems');
    await page.getByRole('button', { name: 'Duplicate Email Address', exact: true }).click();
    await page.getByRole('link', { name: 'Compare side by side' }).click();
    await heading('Duplicate Email Address');
    const existing = page.getByRole('region', { name: 'Existing profile in GetHomeSafe' });
    await existing.getByRole('link', { name: 'Mere the Older' }).waitFor();
    await page
      .getByRole('region', { name: 'In Microsoft Entra ID' })
      .getByText('person3@kiwi.example')
      .first()
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Archive: Mere the Older' }).click();
    await dialog().getByLabel('Reason').fill('came back through Entra');
    await dialog().getByRole('button', { name: 'Archive' }).click();
    await heading('Mere Ngata');
    await page.getByText('Invited').waitFor();
  });

  describe('of two more duplicate addresses', () => {
    const older: Record<string, string> = {};
    const known = async (query: string) =>
      (await stack.api(`/enterprises/${stack.enterpriseId}/people?${query}`)).body.items;
    const compare = async (name: string) => {
      await open('problems?code=duplicate_email');
      const row = page.getByRole('row', { name: new RegExp(`${name} Ngata`) });
      await row.getByRole('link', { name: 'Compare side by side' }).click();
      await heading('Duplicate Email Address');
      await page.getByRole('link', { name: `${name} the Older` }).waitFor();
    };

    beforeAll(async () => {
      for (const name of ['Rangi', 'Pania']) {
        const fields = { email: mailOf(name), firstName: name, lastName: 'the Older' };
        const { organisationId, enterpriseId } = stack;
        older[name] = (await stack.services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' }))._id;
        add(name, mailOf(name));
      }
      await stack.sync();
    });

    test('one is ended by linking the existing profile, which follows Entra from then on', async () => {
      await compare('Rangi');
      await page.getByRole('button', { name: 'Link', exact: true }).click();
      await dialog().getByText('Link Rangi the Older to Rangi Ngata?').waitFor();
      await dialog().getByRole('button', { name: 'Link' }).click();
      await heading('Rangi Ngata');
      expect(await known('text=rangi')).toMatchObject([{ id: older['Rangi'], objectId: ids['Rangi'] }]);
      await open('problems?code=duplicate_email');
      await page.getByRole('link', { name: 'Pania Ngata' }).waitFor();
      expect(await page.getByRole('link', { name: 'Rangi Ngata' }).count()).toBe(0);
    });

    test('the other is ended by keeping the two apart, and comes back when that is released', async () => {
      await compare('Pania');
      await page.getByRole('button', { name: 'Keep apart' }).click();
      await dialog().getByText('the problem is shown no more').waitFor();
      await dialog().getByRole('button', { name: 'Keep apart' }).click();
      await heading('Pania Ngata');
      await open('problems?code=duplicate_email');
      await page.getByText('Nothing matches.').waitFor();
      expect(await known('text=pania')).toMatchObject([{ id: older['Pania'], objectId: null }]);
      await open('held?verdict=kept_apart');
      await page.getByRole('button', { name: 'Release: Pania Ngata' }).click();
      await dialog().getByRole('button', { name: 'Release' }).click();
      await dialog().waitFor({ state: 'hidden' });
      await open('problems?code=duplicate_email');
      await page.getByRole('link', { name: 'Pania Ngata' }).waitFor();
    });
  });

  test('missing data leads to Field Mappings and to the source data of the person', async () => {
    await open('problems?code=field_blank&person=aroha');
    await page.getByRole('main').getByRole('link', { name: 'Field Mappings' }).first().click();
    await heading('Field Mappings');
    await page.goBack();
    await page.getByRole('link', { name: "The person's source data" }).first().click();
    await heading('Aroha Ngata');
    const fields = page.getByRole('table', { name: 'Fields' });
    await fields.getByRole('row', { name: /Mobile Phone Number.*mobilePhone.*empty/ }).waitFor();
    await page.getByRole('table', { name: 'Teams' }).getByText('via Entra group Field crew').waitFor();
  });

  test('a search ends with the address that it stands in, and so does its text', async () => {
    await open('people');
    const field = page.getByRole('textbox', { name: 'Person' });
    await field.fill('zzz');
    await page.waitForURL(/text=zzz/);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People', exact: true }).click();
    await page.waitForURL((url) => url.search === '');
    await waitFor(async () => (await field.inputValue()) === '', { message: 'the field is not empty' });
  });

  test('somebody is found by name, told why, synced now, and what the sync wrote is undone', async () => {
    await open('people');
    await page.getByLabel('Person', { exact: true }).fill('شيماء');
    await page.getByRole('link', { name: 'شيماء Ngata' }).click();
    await heading('شيماء Ngata');
    await page.getByText('In scope: in a mapped group.').waitFor();
    await page.getByText('From Microsoft Entra ID').first().waitFor();
    stack.tenant.directory.updateUser(ids['شيماء'] ?? '', { surname: 'Parata' });
    await page.getByRole('button', { name: 'Sync now' }).click();
    await heading('شيماء Parata');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await dialog().getByText('Changed Last Name').waitFor();
    // What the sync writes while somebody looks is not undone unseen.
    stack.tenant.directory.updateUser(ids['شيماء'] ?? '', { givenName: 'Shaima' });
    const firstName = async () =>
      (await stack.api(`/enterprises/${stack.enterpriseId}/people/${ids['شيماء']}`)).body.firstName;
    await waitFor(async () => (await firstName()) === 'Shaima', { message: 'not in step' });
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await dialog()
      .getByText(/has written about this person again/)
      .waitFor();
    await dialog().getByText('Changed First Name').waitFor();
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await heading('شيماء Parata');
    await dialog().waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await dialog().getByText('Changed Last Name').waitFor();
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await heading('شيماء Ngata');
    await dialog().waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Release: Last Name' }).click();
    await heading('شيماء Parata');
  });

  test('what the brake holds waits for a decision: one is refused, the rest approved with their number', async () => {
    for (const name of NAMES.slice(0, 6)) stack.tenant.directory.updateUser(ids[name] ?? '', { accountEnabled: false });
    const held = () => stack.services.store.collection(DECISIONS).countDocuments({ verdict: 'held' });
    await waitFor(async () => (await held()) === 6, { message: 'not held' });
    await open('held');
    await page.getByText('6 held changes in all').waitFor();
    const row = page.getByRole('row', { name: /Aroha Ngata/ });
    await row.getByText('The account is disabled in Microsoft Entra ID.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await row.getByRole('button', { name: /^Refuse/ }).click();
    await dialog().getByLabel('Reason').fill('on leave only');
    await dialog().getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('5 held changes in all').waitFor();
    await page.getByRole('button', { name: 'Approve all 5: 5 people would be archived' }).click();
    await dialog().getByText('Approve 5 held changes?').waitFor();
    await dialog().getByRole('button', { name: 'Approve all 5' }).click();
    await page.getByText(/^Nothing is held/).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).click();
    await page.getByRole('option', { name: 'Refused' }).click();
    await page.getByText('on leave only').waitFor();
    const archived = async () =>
      (await stack.api(`/enterprises/${stack.enterpriseId}/people?status=archived`)).body.items;
    await waitFor(async () => (await archived()).length === 6, { message: 'not archived' });
  });

  test('a reader sees all of it, is told that administrators decide, and has no button for an act', async () => {
    await browser.context.clearCookies();
    await signIn(page, stack, { ...stack.reader, path: entraPath(stack, 'held') });
    await page.getByText(/Account administrators decide and change/).waitFor();
    await open(`people/${ids['Tama']}`);
    await heading('Tama Ngata');
    expect(await page.getByRole('button', { name: /Sync now|Undo|Archive|Restore/ }).count()).toBe(0);
  });
});
