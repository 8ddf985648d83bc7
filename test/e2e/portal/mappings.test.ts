import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

let stack: PortalStack;
let browser: Browser;
let page: Page;
let crew: string;

beforeAll(async () => {
  stack = await startPortalStack();
  crew = await fieldCrew(stack);
  const { directory } = stack.tenant;
  const ana = directory.createUser(
    {
      ...{ displayName: 'Ana Māhina', givenName: 'Ana', surname: 'Māhina', accountEnabled: true },
      ...{ mail: 'ana@kiwipower.test', userPrincipalName: 'ana@kiwipower.test' },
      ...{ mobilePhone: 'ask reception', businessPhones: ['022 518 9900'], country: 'New Zealand' },
    },
    { timeZone: 'New Zealand Standard Time', userPurpose: 'user' },
  ).objectId;
  directory.addMember(crew, ana);
  directory.createGroup({ displayName: 'Tīma Rāwaho النائي' });
  await stack.sync();
  browser = await startBrowser();
  page = await browser.context.newPage();
  await signIn(page, stack, { ...stack.user, path: entraPath(stack, 'field-mappings') });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const cell = (row: string, name: string | RegExp) =>
  page
    .getByRole('row', { name: new RegExp(row) })
    .getByText(name)
    .first();

test('a wrong field mapping is found with a sample person, and mended (S38)', async () => {
  await page.getByRole('heading', { name: 'Field Mappings' }).waitFor();
  await page.getByText('Ensure that the source fields in your Microsoft Entra ID are populated').waitFor();
  const person = page.getByRole('combobox', { name: 'Sample person' });
  await person.click();
  await person.fill('māhina');
  await page.getByRole('option', { name: /Ana Māhina/ }).click();
  await cell('Mobile Phone Number', 'ask reception').waitFor();
  await cell('Mobile Phone Number', /Correct the number/).waitFor();
  await cell('Country', 'NZ').waitFor();
  const phone = page.getByRole('combobox', { name: 'Entra attribute of Mobile Phone Number' });
  await phone.click();
  await page.getByRole('option', { name: /Business phone/ }).click();
  await cell('Mobile Phone Number', '+64225189900').waitFor();
  await page.getByText('Not saved yet').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Team Mappings' }).click();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await cell('Mobile Phone Number', 'Takes effect with the next sync').waitFor();
  expect((await stack.api(`/enterprises/${stack.enterpriseId}/integration/fields`)).body.items[3].source).toBe(
    'businessPhones',
  );
});

test('Email Address cannot be left unmapped', async () => {
  await page.getByText('Mandatory: it identifies the user').waitFor();
  await page.getByRole('combobox', { name: 'Entra attribute of Email Address' }).click();
  await page.getByRole('option', { name: /User principal name/ }).waitFor();
  expect(await page.getByRole('option', { name: 'Not mapped' }).count()).toBe(0);
  await page.keyboard.press('Escape');
});

test('an Entra group is found by its name and mapped to a team', async () => {
  await page.getByRole('link', { name: 'Team Mappings' }).click();
  await page.getByRole('heading', { name: 'Team Mappings' }).waitFor();
  await page
    .getByRole('row', { name: /Field crew/ })
    .getByText('North')
    .waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add mapping' }).click();
  const group = page.getByRole('combobox', { name: 'Entra group' });
  await group.fill('rāwaho');
  await page.getByRole('option', { name: /Tīma Rāwaho/ }).click();
  const team = page.getByRole('combobox', { name: 'Team' });
  await team.fill('sou');
  await page.getByRole('option', { name: 'South' }).click();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  const added = page.getByRole('row', { name: /Tīma Rāwaho/ });
  await added.getByText('From the next sync').waitFor();
  await stack.sync();
  await page.reload();
  await added.getByText('OK').waitFor();
  expect(await added.getByText('From the next sync').count()).toBe(0);
});

test('a group can be named by its Object ID, and what is mapped already is told at its field', async () => {
  await page.getByRole('button', { name: 'Add mapping' }).click();
  await page.getByRole('combobox', { name: 'Entra group' }).fill(crew);
  await page.getByRole('option', { name: 'Field crew' }).click();
  await page.getByRole('combobox', { name: 'Team' }).click();
  await page.getByRole('option', { name: 'North' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByText('This group is mapped to this team already').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('a mapping whose Entra group is gone says so, with what to do (S41)', async () => {
  const { directory } = stack.tenant;
  const lost = [...stack.tenant.view().groups()].find(({ properties }) =>
    String(properties['displayName']).startsWith('Tīma'),
  );
  directory.deleteGroup(lost?.id ?? '');
  await stack.sync();
  await page.reload();
  const row = page.getByRole('row', { name: /Tīma Rāwaho/ });
  await row.getByText('Entra group missing').waitFor();
  await row.getByText('Restore the group in Microsoft Entra ID').waitFor();
  await page.getByRole('switch', { name: 'Only broken ones' }).click();
  await page.getByRole('row', { name: /Field crew/ }).waitFor({ state: 'detached' });
  await page.getByRole('switch', { name: 'Only broken ones' }).click();
});

test('the priority of a mapping is changed where it stands, and orders the list', async () => {
  const order = async () =>
    (await stack.api(`/enterprises/${stack.enterpriseId}/integration/team-mappings`)).body.items.map(
      ({ groupName }: { groupName: string }) => groupName,
    );
  const before = await order();
  const [, second = ''] = before;
  await page.getByRole('button', { name: new RegExp(`^Change priority \\d+ of ${second}`) }).click();
  const dialog = page.getByRole('dialog', { name: 'Change priority' });
  await dialog.getByLabel('Priority').fill('0');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: `Change priority 0 of ${second}` }).waitFor();
  expect((await order())[0]).toBe(second);
});

test('removing a mapping first says how many people would lose the team', async () => {
  await page.getByRole('button', { name: 'Remove the mapping of Field crew to North' }).click();
  await page.getByText('1 person would lose the team with the next sync, 1 of them their only one.').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove mapping' }).click();
  await page.getByRole('row', { name: /Field crew/ }).waitFor({ state: 'detached' });
  const { body } = await stack.api(`/enterprises/${stack.enterpriseId}/integration/team-mappings`);
  expect(body.total).toBe(1);
});

test('without a mapping the page says what to do first', async () => {
  const { services, enterpriseId } = stack;
  for (const { id } of await services.teamMappings.listMappings(enterpriseId))
    await services.teamMappings.unmapTeam(enterpriseId, { id }, 'test');
  await page.reload();
  await page.getByText('Map at least one group before starting a sync.').waitFor();
});

test('a reader sees mappings and samples, and has nothing to change', async () => {
  await browser.context.clearCookies();
  await signIn(page, stack, { ...stack.reader, path: entraPath(stack, 'team-mappings') });
  await page.getByText('Readers see the mappings').waitFor();
  expect(await page.getByRole('button', { name: 'Add mapping' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Field Mappings' }).click();
  await page.getByText('Readers see these settings').waitFor();
  expect(await page.getByRole('combobox', { name: 'Entra attribute of Country' }).isDisabled()).toBe(true);
});
