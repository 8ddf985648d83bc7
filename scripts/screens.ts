import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { SECTIONS } from '../src/portal/entra/sections.js';
import { CHROMIUM_FLAGS, chromiumIn, fillSignIn } from './portal-browser.js';

/** Takes the pictures of docs/screens: every page of a running demo's portal, light and dark, wide and narrow. */

const demoSchema = z.object({
  portal: z.string(),
  enterpriseId: z.string(),
  user: z.string(),
  password: z.string(),
});
type Demo = z.output<typeof demoSchema>;

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'narrow', colorScheme: 'light', width: 390 },
] as const;

interface Options {
  readonly data: string;
  readonly to: string;
  readonly browser: string;
}

await new Command('screens')
  .description("Takes a picture of every page of a running demo's portal")
  .option('--data <folder>', 'data folder of the demo', '.data')
  .option('--to <folder>', 'where the pictures go', 'docs/screens')
  .option('--browser <program>', 'Chromium', chromiumIn(process.env))
  .action(takeAll)
  .parseAsync();

async function takeAll({ data, to, browser: executablePath }: Options): Promise<void> {
  const demo = demoSchema.parse(JSON.parse(await readFile(join(data, 'demo.json'), 'utf8')));
  await mkdir(to, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  for (const { name, colorScheme, width } of LOOKS) {
    const place = { locale: 'en-NZ', timezoneId: 'Pacific/Auckland', reducedMotion: 'reduce' as const };
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 1000 }, ...place });
    await takePages(context, demo, (page) => join(to, `${page}-${name}.png`));
    await context.close();
  }
  await browser.close();
}

async function takePages(context: BrowserContext, demo: Demo, fileOf: (page: string) => string): Promise<void> {
  const page = await context.newPage();
  await page.goto(demo.portal);
  await page.getByLabel('User name').waitFor();
  await take(page, fileOf('sign-in'));
  await fillSignIn(page, { userName: demo.user, password: demo.password });
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).waitFor();
  await take(page, fileOf('integrations'));
  const entra = `${demo.portal}/enterprises/${demo.enterpriseId}/integrations/entra`;
  for (const { path, label } of SECTIONS) {
    await page.goto(path === '' ? entra : `${entra}/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await take(page, fileOf(path === '' ? 'overview' : path.replaceAll('/', '-')));
    console.log(label);
  }
  await takeOpened(page, { entra, fileOf });
}

/** What is behind a click: a person, a sync, a plan, what the doctor found. */
async function takeOpened(page: Page, { entra, fileOf }: { entra: string; fileOf: (page: string) => string }) {
  const opened = async (section: string, click: () => Promise<void>) => {
    await page.goto(`${entra}/${section}`);
    await click();
    await page.waitForLoadState('networkidle');
  };
  const row = () => page.getByRole('table').getByRole('link').first().click();
  await opened('people', row);
  await take(page, fileOf('person'));
  await opened('history', row);
  await take(page, fileOf('run'));
  await opened('doctor', () => page.getByRole('button', { name: 'Examine now' }).click());
  await take(page, fileOf('doctor-examined'));
  await opened('plan', () => page.getByRole('button', { name: 'Make a plan' }).click());
  await page
    .getByRole('button', { name: 'Apply exactly this' })
    .or(page.getByText('Nothing would change'))
    .first()
    .waitFor();
  await take(page, fileOf('plan-made'));
}

async function take(page: Page, path: string): Promise<void> {
  // As long as anything is being loaded there may be several of them.
  for (const loading = page.getByLabel('Loading'); (await loading.count()) > 0; ) {
    await loading.first().waitFor({ state: 'hidden' });
  }
  await page.screenshot({ path });
}
