import type { Page } from 'playwright-core';
import { fillSignIn } from '../../../scripts/portal-browser.js';
import type { PortalStack } from './portal-stack.js';

/** Signs in on the page as somebody does, and goes to a path of the portal. */
export async function signIn(
  page: Page,
  { url }: Pick<PortalStack, 'url'>,
  { userName, password, path = '/' }: { userName: string; password: string; path?: string },
): Promise<void> {
  await page.goto(`${url}${path}`);
  await fillSignIn(page, { userName, password });
  // The page for signing in has a main heading too.
  await page.getByRole('heading', { name: 'Sign in to GetHomeSafe' }).waitFor({ state: 'detached' });
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}

/** The path of a page of the Microsoft Entra ID integration. */
export function entraPath({ enterpriseId }: Pick<PortalStack, 'enterpriseId'>, section = ''): string {
  return `/enterprises/${enterpriseId}/integrations/entra${section === '' ? '' : `/${section}`}`;
}

/** Says to a page what a browser says of a window that goes out of sight or comes back; one without a screen shows all. */
export function setInSight(page: Page, isInSight: boolean): Promise<void> {
  const state = isInSight ? 'visible' : 'hidden';
  return page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  `);
}
