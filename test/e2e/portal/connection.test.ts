import type { Page } from 'playwright-core';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { SIMULATED_PASSWORD } from '../../../src/simulator/world/create-world.js';
import { seriousFindings } from '../../support/portal/accessibility.js';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

const UNKNOWN = '11111111-2222-4333-8444-555555555555';
/** AADSTS7000112: the application is disabled (Microsoft, Entra error codes). */
const APPLICATION_DISABLED = 7_000_112;
let stack: PortalStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const tenants = [
    { people: 4, groups: 0 },
    { people: 2, groups: 0, consentedRoles: [] },
  ];
  stack = await startPortalStack({ simulator: { tenants } });
  browser = await startBrowser();
  page = await browser.context.newPage();
  await signIn(page, stack, { ...stack.operator, path: '/' });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const button = (name: string | RegExp) => page.getByRole('button', { name });
const heading = (name: string) => page.getByRole('heading', { name });
const open = (section = '', enterpriseId = stack.enterpriseId) =>
  page.goto(`${stack.url}${entraPath({ enterpriseId }, section)}`);

/** What stands beside a name in Sync details. */
const fact = (name: string) => page.getByText(name, { exact: true }).locator('xpath=following-sibling::*');

/** Waits until a text is on the screen. */
async function shows(text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

async function atMicrosoft(domain: string): Promise<void> {
  await page.getByLabel('User name').fill(`admin@${domain}`);
  await page.getByLabel('Password').fill(SIMULATED_PASSWORD);
  await page.locator('button[value="accept"]').click();
}

describe('connecting, as the help article says', () => {
  const newcomer = () => stack.foreignEnterpriseId;
  const theirs = () => {
    const [, tenant] = [...stack.simulator.world.tenants.values()];
    if (tenant === undefined) throw new Error('two tenants');
    return tenant;
  };

  test('the page tells where the Tenant ID is, and what is locked until it is connected', async () => {
    await open('', newcomer());
    const steps = page.getByRole('list', { name: 'Where to find the Tenant ID' }).getByRole('listitem');
    await steps.first().waitFor();
    expect(await steps.allTextContents()).toEqual([
      'Log in to the Microsoft Entra admin center.',
      'In the navigation menu, click on Identity.',
      'Under Overview, you will find your Tenant ID. Copy this value.',
      'Paste it into the Tenant GUID field.',
    ]);
    const locked = page.getByRole('list', { name: 'Locked sections' });
    expect(await locked.textContent()).toContain('Team Sync Settings');
    await page.getByRole('link', { name: 'Team Sync Settings' }).click();
    await shows('Locked until the Tenant GUID is connected.');
    await page.getByRole('link', { name: 'Connect Microsoft Entra ID' }).click();
    await steps.first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('what is no Tenant GUID, or belongs to another enterprise, is refused at the field', async () => {
    await button('Connect').click();
    await shows('The Tenant GUID is required.');
    const field = page.getByLabel('Tenant GUID');
    await field.fill('contoso.onmicrosoft.com');
    await button('Connect').click();
    await shows('This looks like a domain; paste the Tenant ID.');
    await field.fill(stack.tenant.id);
    await button('Connect').click();
    await shows('Contact GetHomeSafe support');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a Tenant GUID with spaces around it is taken; signing in and approving connects the tenant', async () => {
    const { id, domain } = theirs();
    await page.getByLabel('Tenant GUID').fill(`  ${id.toUpperCase()} `);
    await button('Connect').click();
    await heading('Sign in to prove that the tenant is yours').waitFor();
    await shows(id);
    await button('Sign in with Microsoft').click();
    await atMicrosoft(domain);
    await shows('GetHomeSafe asks for these permissions');
    await open('', newcomer());
    await heading('Ask your Microsoft administrator to approve GetHomeSafe').waitFor();
    await page.getByRole('row', { name: /User\.Read\.All.*Read people/ }).waitFor();
    await button('Check again').click();
    await shows('The GetHomeSafe application is not approved in this tenant');
    expect(await seriousFindings(page)).toEqual([]);
    await button('Approve at Microsoft').click();
    await atMicrosoft(domain);
    await shows('GetHomeSafe asks for these permissions');
    await atMicrosoft(domain);
    await heading('Microsoft Entra ID is connected').waitFor();
    await page.getByRole('link', { name: 'Back to the Microsoft Entra ID integration' }).click();
    await shows('Off');
    await heading('Sync details').waitFor();
    expect(await fact('Last Sync').textContent()).toBe('Never');
    await shows('Entra ID Users Sync is off: switch it on first.');
  });
});

describe('Team Sync Settings', () => {
  test('before the first sync, a mapping is asked for, and the way to the plan is shown', async () => {
    await open('team-sync');
    await shows('Configure at least 1 group mapping in Team Mappings before starting a sync.');
    expect(await button('Sync Now').isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Go to Team Mappings' }).waitFor();
    await page.getByRole('link', { name: 'the plan of what would change', exact: true }).waitFor();
    await shows('We recommend a time outside of your core business hours.');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a weekly schedule asks for its day, shows the next syncs before it is saved, and moves Next Sync', async () => {
    await page.getByRole('combobox', { name: 'Frequency' }).click();
    expect(await page.getByRole('option').allTextContents()).toEqual(['Daily', 'Weekly', 'Monthly']);
    await page.getByRole('option', { name: 'Weekly' }).click();
    await page.getByRole('combobox', { name: 'Day of the week' }).click();
    await page.getByRole('option', { name: 'Wednesday' }).click();
    await page.getByLabel('Time of Day').fill('02:30');
    const previewed = page.getByRole('list', { name: 'Next syncs' }).getByRole('listitem');
    await previewed
      .filter({ hasText: /0?2:30/ })
      .first()
      .waitFor();
    const first = (await previewed.first().textContent()) ?? '';
    await button('Save').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await fact('Next Sync').filter({ hasText: first }).waitFor();
    expect((await stack.api(`/enterprises/${stack.enterpriseId}/integration`)).body).toMatchObject({
      ...{ frequency: 'weekly', dayOfWeek: 3, time: '02:30' },
    });
  });

  test('what somebody else saved meanwhile is not lost unseen', async () => {
    await page.getByLabel('With the next sync').click();
    const path = `/enterprises/${stack.enterpriseId}/integration`;
    await stack.api(path, { method: 'PATCH', body: { time: '05:15' } });
    await button('Save').click();
    await shows('Somebody else changed the settings meanwhile');
    expect((await stack.api(path)).body.groupChanges).toBe('as_they_happen');
    const time = () => page.getByLabel('Time of Day').inputValue();
    await waitFor(async () => (await time()) === '05:15', { message: 'theirs is not shown' });
    await button('Save my changes over theirs').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await stack.api(path)).body).toMatchObject({ groupChanges: 'next_sync', time: '05:15' });
  });

  test('what is changed while the rest is being saved is saved next, and nobody else is blamed', async () => {
    const path = `/enterprises/${stack.enterpriseId}/integration`;
    let release: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(`**${path}`, async (route) => {
      if (route.request().method() === 'PATCH') await until;
      await route.continue();
    });
    await page.getByLabel('Time of Day').fill('04:45');
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await button('Save').click();
    await sent;
    await page.getByLabel('As they happen').click();
    release();
    await button('Save').and(page.locator('[data-loading]')).waitFor({ state: 'detached' });
    await page.unrouteAll({ behavior: 'wait' });
    await shows('Not saved yet');
    await button('Save').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await stack.api(path)).body).toMatchObject({ groupChanges: 'as_they_happen', time: '04:45' });
  });

  test('leaving with unsaved changes is asked about', async () => {
    await page.getByLabel('With the next sync').click();
    await page.getByRole('link', { name: 'Overview' }).click();
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await button('Discard changes').click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await heading('How fresh it is').waitFor();
  });

  test('Sync Now runs at once, and shows what it did and how fresh everything is', async () => {
    const groupId = await fieldCrew(stack);
    for (const { id } of [...stack.tenant.view().users()]) stack.tenant.directory.addMember(groupId, id);
    await open();
    await button('Sync Now').click();
    await shows(/4 people seen: 4 added/);
    await page.getByText('Succeeded').first().waitFor();
    await shows(/Everything Entra had reported by .* is in/);
    expect(await seriousFindings(page)).toEqual([]);
  });
});

describe('troubleshooting', () => {
  const revoked = async (role: string, work: () => Promise<void>) => {
    const { consentedRoles, id } = stack.tenant;
    consentedRoles.delete(role);
    stack.microsoft.tokens.forget(id);
    try {
      await work();
    } finally {
      consentedRoles.add(role);
      stack.microsoft.tokens.forget(id);
    }
  };

  test('a temporary fault leaves Last Sync where it was, and Sync Now is the retry', async () => {
    const action = { status: 503, body: { error: { code: 'serviceNotAvailable', message: 'down' } } };
    stack.simulator.faults.add({ match: { path: 'transitiveMembers' }, after: 0, times: 1_000, action });
    await open();
    await button('Sync Now').click();
    const alert = page.getByRole('alert').filter({ hasText: 'Choose Sync Now' });
    await alert.waitFor({ timeout: 60_000 });
    stack.simulator.faults.clear();
    await alert.getByRole('button', { name: 'Try Sync Now' }).click();
    await alert.waitFor({ state: 'hidden', timeout: 60_000 });
  });

  test('a revoked permission is named, and one click leads to approving again and to the doctor', async () => {
    await revoked('Calendars.Read', async () => {
      await open('doctor');
      await button('Examine now').click();
      await page.getByRole('row', { name: /Not OK Read calendars.*Grant Calendars\.Read/ }).waitFor();
      await shows('1 of 16 checks are not in order');
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('link', { name: 'Approve GetHomeSafe again' }).click();
      await page
        .getByRole('dialog')
        .getByRole('row', { name: /Calendars\.Read/ })
        .waitFor();
    });
    await open('doctor');
    await button('Examine now').click();
    await shows('Everything is in order');
  });

  test('where the subscription is not active it is said, and Check again ends it once it is', async () => {
    const body = {
      ...{ error: 'unauthorized_client', error_codes: [APPLICATION_DISABLED] },
      error_description: `AADSTS${APPLICATION_DISABLED}: Application is disabled. Trace ID: 0`,
    };
    const match = { path: '/oauth2/v2.0/token' };
    stack.simulator.faults.add({ match, after: 0, times: 1_000, action: { status: 400, body } });
    stack.microsoft.tokens.forget(stack.tenant.id);
    await open();
    await button('Sync Now').click();
    const alert = page.getByRole('alert').filter({ hasText: 'The Microsoft subscription is not active' });
    await alert.getByText('See that the Microsoft Entra subscription is active').waitFor();
    await alert.getByText('Code: subscription_inactive').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await alert.getByRole('button', { name: 'Check again' }).click();
    await alert.getByRole('status').getByText('See that the Microsoft subscription is active').waitFor();
    stack.simulator.faults.clear();
    await alert.getByRole('button', { name: 'Check again' }).click();
    await alert.waitFor({ state: 'hidden' });
  });

  test('where GetHomeSafe was removed from the tenant, approving it again is one click away and ends the message', async () => {
    const { consentedRoles, id, domain } = stack.tenant;
    consentedRoles.clear();
    stack.microsoft.tokens.forget(id);
    await open();
    await button('Sync Now').click();
    const alert = page.getByRole('alert').filter({ hasText: 'GetHomeSafe is not approved in the tenant any more' });
    await alert.getByText('Code: app_not_consented').waitFor();
    await alert.getByRole('link', { name: 'Approve GetHomeSafe again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve at Microsoft' }).click();
    await atMicrosoft(domain);
    await shows('GetHomeSafe asks for these permissions');
    await atMicrosoft(domain);
    await page.getByRole('link', { name: 'Back to the Microsoft Entra ID integration' }).click();
    await heading('Sync details').waitFor();
    await alert.waitFor({ state: 'hidden' });
    await button('Sync Now').click();
    await shows('4 people seen');
    expect(await alert.count()).toBe(0);
  });

  test('where Microsoft knows no such tenant, the Tenant GUID is one click away, and what a change ends is told', async () => {
    const activities = stack.services.store.collection<Partial<ActivityRow> & { _id: string }>(ACTIVITIES);
    const planned = { source: 'entra_calendar', status: 'scheduled', startedAt: null } as const;
    const scheduledStart = new Date(Date.now() + 86_400_000);
    await activities.insertOne({
      _id: 'one',
      userId: 'x',
      enterpriseId: stack.enterpriseId,
      ...planned,
      scheduledStart,
    });
    const description = 'AADSTS90002: Words of Microsoft. Trace ID: 0 Correlation ID: 0';
    const body = { error: 'invalid_request', error_description: description, error_codes: [90002] };
    stack.simulator.faults.add({
      ...{ match: { path: '/oauth2/v2.0/token' }, after: 0, times: 10_000, action: { status: 400, body } },
    });
    await open();
    await button('Sync Now').click();
    await shows('they must match exactly');
    await shows('Needs attention');
    await page.getByRole('link', { name: 'Check the Tenant GUID' }).click();
    const field = page.getByRole('dialog').getByLabel('Tenant GUID');
    expect(await field.inputValue()).toBe(stack.tenant.id);
    await field.fill(UNKNOWN);
    await button('Use this Tenant GUID').click();
    const dialog = page.getByRole('dialog', { name: 'Change to another tenant?' });
    await dialog.getByText('clears 1 team mapping').waitFor();
    await dialog.getByRole('radiogroup', { name: 'Activities from calendars that have not begun: 1' }).waitFor();
    expect(await dialog.getByLabel('Keep them').isChecked()).toBe(true);
    await dialog.getByLabel('Cancel them').click();
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await stack.api(`/enterprises/${stack.enterpriseId}/integration`)).body.tenantId).toBe(stack.tenant.id);
    stack.simulator.faults.clear();
    // Nobody has to end it: the service is let in again.
    await page.getByText('Needs attention').waitFor({ state: 'hidden', timeout: 120_000 });
  });
});

test('Lifecycle settings are saved, and take effect with the next sync', async () => {
  await open('lifecycle');
  await page.getByLabel('Include guests').click();
  await page
    .getByRole('radiogroup', { name: /no mapped Entra group/ })
    .getByLabel('Archive the profile')
    .click();
  await button('Save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect((await stack.api(`/enterprises/${stack.enterpriseId}/integration`)).body).toMatchObject({
    ...{ includeGuests: true, onLeaveAllGroups: 'archive', onDisabledOrDeleted: 'archive', waitsForSync: true },
  });
  await shows('Settings that were saved take effect with the next sync.');
  expect(await seriousFindings(page)).toEqual([]);
});

test('changing to the tenant of another enterprise is refused in the dialog that asked', async () => {
  const [, theirs] = [...stack.simulator.world.tenants.values()];
  await open('?mend=tenant');
  await page
    .getByRole('dialog')
    .getByLabel('Tenant GUID')
    .fill(theirs?.id ?? '');
  await button('Use this Tenant GUID').click();
  const dialog = page.getByRole('dialog', { name: 'Change to another tenant?' });
  await dialog.getByRole('button', { name: 'Change the tenant' }).click();
  await dialog.getByRole('alert').getByText('Contact GetHomeSafe support').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
});

test('pausing, resuming and disconnecting say what stops and what stays', async () => {
  await open();
  await button('Pause').click();
  await shows('The integration is paused: resume it first.');
  await button('Resume').click();
  await button('Pause').waitFor();
  await button('Disconnect').click();
  const dialog = page.getByRole('dialog', { name: 'Disconnect Microsoft Entra ID?' });
  await dialog.getByText('the history stay as they are').waitFor();
  await dialog.getByRole('button', { name: 'Disconnect' }).click();
  await heading('Locate your Tenant ID and paste it here').waitFor();
});

test('a reader sees everything and is told who may change it', async () => {
  await browser.context.clearCookies();
  await signIn(page, stack, { ...stack.reader, path: entraPath(stack) });
  await shows('Only account administrators can connect.');
  expect(await button('Connect').isDisabled()).toBe(true);
  await open('doctor');
  expect(await button('Examine now').isDisabled()).toBe(true);
});
