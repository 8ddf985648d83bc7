import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from '../../../scripts/portal-browser.js';

/** A slow machine with other tests beside it. */
const WAIT_MS = 60_000;

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export interface BrowserOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A real browser with an empty profile; `global-setup.mjs` found it, or says why there is none. */
export async function startBrowser({
  colorScheme = 'light',
  width = 1280,
  height = 900,
}: BrowserOptions = {}): Promise<Browser> {
  const executablePath = process.env['GHS_TEST_CHROMIUM'];
  if (!executablePath) throw new Error(process.env['GHS_TEST_CHROMIUM_WHY'] ?? 'There is no Chromium.');
  const profile = await mkdtemp(join(tmpdir(), 'ghs-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...{
      executablePath,
      args: [...CHROMIUM_FLAGS, '--disable-dev-shm-usage'],
      colorScheme,
      viewport: { width, height },
    },
    ...{ locale: 'en-NZ', timezoneId: 'Pacific/Auckland', reducedMotion: 'reduce' as const },
    timeout: 60_000,
  });
  context.setDefaultTimeout(WAIT_MS);
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
