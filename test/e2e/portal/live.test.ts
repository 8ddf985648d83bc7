import type { Page } from 'playwright-core';
import { type Browser, startBrowser } from '../../support/portal/browser.js';
import { entraPath, setInSight, signIn } from '../../support/portal/portal-page.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

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

const person = () => entraPath(stack, `people/${objectId}`);
const named = (surname: string, inWindow = page) =>
  inWindow.getByRole('table', { name: 'Fields' }).getByText(surname, { exact: true }).first().waitFor();
const rename = async (surname: string) => {
  stack.tenant.directory.updateUser(objectId, { surname });
  const { services, enterpriseId } = stack;
  const isWritten = async () => (await services.people.find(enterpriseId, objectId)).lastName === surname;
  await waitFor(isWritten, { message: 'not written' });
};

describe('nothing is lost of what is written while the page is opened', () => {
  const held = () => {
    let release: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    return { until, release };
  };
  afterEach(() => page.unrouteAll({ behavior: 'ignoreErrors' }));

  test('after it was read and before it is followed', async () => {
    const stream = held();
    await page.route('**/live', async (route) => {
      await stream.until;
      await route.continue();
    });
    await page.goto(`${stack.url}${person()}`);
    await named('Tūhoe');
    await rename('Rua');
    stream.release();
    await named('Rua');
  });

  test('after it was answered and before the answer is there', async () => {
    const answer = held();
    await page.route(
      '**/why',
      async (route) => {
        const response = await route.fetch();
        await answer.until;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    const asked = page.waitForRequest('**/why');
    await page.goto(`${stack.url}${person()}`);
    await asked;
    await page.locator('[data-live="true"]').waitFor();
    // Asked for again by the movement that tells of the change.
    const moved = page.waitForResponse((response) => /\/integration$/.test(response.url()));
    await rename('Toru');
    await moved;
    answer.release();
    await named('Toru');
  });

  test('while the stream is refused, as by a service that starts', async () => {
    await page.route('**/live', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.goto(`${stack.url}${person()}`);
    await named('Toru');
    await rename('Whā');
    await named('Whā');
  });
});

describe('in several windows of one browser', () => {
  let second: Page;
  const openWindow = async () => {
    const opened = await browser.context.newPage();
    await opened.goto(`${stack.url}${person()}`);
    await opened.locator('[data-live="true"]').waitFor();
    return opened;
  };
  beforeEach(async () => {
    await page.goto(`${stack.url}${person()}`);
    await page.locator('[data-live="true"]').waitFor();
    second = await openWindow();
  });
  afterEach(() => second.close());

  test('more of them than a browser opens connections are answered and followed', async () => {
    const others: Page[] = [];
    for (let count = 3; count <= 7; count += 1) others.push(await openWindow());
    await rename('Rima');
    await Promise.all([page, second, ...others].map((each) => named('Rima', each)));
    await Promise.all(others.map((each) => each.close()));
  });

  test('where the one that hears the service is closed, the next one hears it', async () => {
    await rename('Ono');
    await Promise.all([named('Ono'), named('Ono', second)]);
    const taken = second.waitForRequest('**/live');
    await page.close();
    page = await browser.context.newPage();
    await taken;
    await rename('Whitu');
    await named('Whitu', second);
  });

  test('one that is out of sight leaves it to the one that is looked at, and catches up when it is back', async () => {
    const taken = second.waitForRequest('**/live');
    await setInSight(page, false);
    await taken;
    await rename('Waru');
    await named('Waru', second);
    await setInSight(page, true);
    await named('Waru');
  });
});

test('what the page reads while nobody touches it is no use of the session, and what somebody does is', async () => {
  await page.goto(`${stack.url}${entraPath(stack, 'history')}`);
  await page.locator('[data-live="true"]').waitFor();
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  const reading = () => page.waitForRequest((request) => request.url().includes('/runs'));
  const isUse = async (act: () => Promise<unknown>) => {
    const [request] = await Promise.all([reading(), act()]);
    return !('ghs-unattended' in request.headers());
  };
  expect(await isUse(() => stack.sync())).toBe(false);
  await page.keyboard.press('Shift');
  expect(await isUse(() => stack.sync())).toBe(true);
});
