import type { Page } from 'playwright-core';

/** Chromium without a screen, and without anything that speaks to elsewhere. */
export const CHROMIUM_FLAGS: readonly string[] = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** The browser that the environment names, or where Debian puts it. */
export function chromiumIn(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
}

/** Fills in the sign-in page that is open. */
export async function fillSignIn(
  page: Page,
  { userName, password }: { readonly userName: string; readonly password: string },
): Promise<void> {
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
