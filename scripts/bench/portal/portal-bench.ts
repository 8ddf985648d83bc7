import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumIn, fillSignIn } from '../../portal-browser.js';
import { wholeOption } from '../../stage/options.js';
import { type ServiceAtTenant, withService } from '../children/with-service.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { measureRounds, spreadOf } from '../rounds.js';
import { type LookUps, measureLookUps } from './look-ups.js';

const DEFAULTS = { people: 100_000, groups: 2_000, rounds: 5 };
/** Script of the main route, compressed; people's list may not cost more the more people there are. */
const GOALS = { scriptKb: 250, peopleToOverview: 1.5, lookUpMs: 1_000 };

const GOAL = `script of the main route < ${GOALS.scriptKb} KB compressed; the list of people opens in <= ${GOALS.peopleToOverview} x the overview; whoever is looked for, and any Entra group, is there in <= ${GOALS.lookUpMs} ms`;

function isReached(of: { scriptKb: number; peopleToOverview: number; lookUps: LookUps }): boolean {
  const areQuick = Object.values(of.lookUps).every((ms) => ms <= GOALS.lookUpMs);
  return of.scriptKb < GOALS.scriptKb && of.peopleToOverview <= GOALS.peopleToOverview && areQuick;
}

/** From an empty cache to a page that can be used, beside a page with a heading and nothing else. */
export const portalBench: Bench = {
  name: 'portal',
  about:
    'the page from an empty cache until it can be used and people and groups are found in it [--people 100000] [--groups 2000] [--rounds 5]',
  run: (deps) => {
    const people = wholeOption(deps.args, 'people', DEFAULTS.people);
    const groups = wholeOption(deps.args, 'groups', DEFAULTS.groups);
    deps.say(`a tenant of ${people} people in ${groups} groups`);
    return withService(deps, { people, groups }, (given) => measure(deps, { ...given, people }));
  },
};

interface Given extends ServiceAtTenant {
  readonly people: number;
}

async function measure(deps: BenchDeps, { service, version, people }: Given): Promise<BenchReport> {
  await service.reconcile();
  const { services, enterpriseId, url } = service;
  const [userName, password] = ['bench@company.example', 'a password for benchmarks'];
  const admin = { userName, role: 'admin', enterpriseId, password, microsoft: null, by: 'bench' } as const;
  await services.accounts.create(admin);
  const browser = await chromium.launch({ executablePath: chromiumIn(deps.environment), args: [...CHROMIUM_FLAGS] });
  const plain = await startPlainPage();
  const rounds = wholeOption(deps.args, 'rounds', DEFAULTS.rounds);
  try {
    const cookies = await signedIn(browser, { url, userName, password });
    const entra = `${url}/enterprises/${enterpriseId}/integrations/entra`;
    const opened = (address: string, isReady: (page: Page) => Promise<void>) =>
      open(browser, { cookies, address, isReady });
    const peopleMs: number[] = [];
    let scriptKb = 0;
    const candidates = await measureRounds(
      {
        floor: async () => (await opened(plain.url, heading('Ready'))).tookMs,
        ours: async () => {
          const list = await opened(`${entra}/people`, (page) =>
            page.getByRole('table').getByRole('link').first().waitFor(),
          );
          peopleMs.push(list.tookMs);
          const { tookMs, scriptBytes } = await opened(entra, (page) =>
            page.getByRole('button', { name: 'Sync Now' }).first().waitFor(),
          );
          scriptKb = Math.round(scriptBytes / 1_024);
          return tookMs;
        },
      },
      { rounds, random: Math.random, say: deps.say },
    );
    const lookUps = await lookUpsOf(browser, { cookies, entra, rounds });
    const ofPeople = spreadOf(peopleMs);
    const peopleToOverview = Number((ofPeople.median / candidates.ours.median).toFixed(3));
    return {
      ...{ name: 'portal', unit: 'ms', rounds: peopleMs.length, candidates },
      ratios: { oursToFloor: ratioOf(candidates.ours, candidates.floor), oursToPeer: null },
      checks: { people, scriptKb, peopleMs: Math.round(ofPeople.median), peopleToOverview, ...lookUps },
      goal: GOAL,
      ok: isReached({ scriptKb, peopleToOverview, lookUps }),
      machine: machineWith(version),
    };
  } finally {
    plain.close();
    await browser.close();
  }
}

async function lookUpsOf(
  browser: Browser,
  { cookies, ...where }: { cookies: Cookies; entra: string; rounds: number },
): Promise<LookUps> {
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const lookUps = await measureLookUps(await context.newPage(), where);
  await context.close();
  return lookUps;
}

type Cookies = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['cookies']>>;

async function signedIn(
  browser: Browser,
  { url, userName, password }: { url: string; userName: string; password: string },
): Promise<Cookies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await fillSignIn(page, { userName, password });
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

interface Opening {
  readonly cookies: Cookies;
  readonly address: string;
  readonly isReady: (page: Page) => Promise<void>;
}

/** A context of its own has an empty cache. */
async function open(browser: Browser, { cookies, address, isReady }: Opening) {
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const page = await context.newPage();
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  const from = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await isReady(page);
  const tookMs = performance.now() - from;
  const scriptBytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  await context.close();
  return { tookMs, scriptBytes };
}

function heading(name: string): (page: Page) => Promise<void> {
  return (page) => page.getByRole('heading', { name }).waitFor();
}

function startPlainPage(): Promise<{ url: string; close(): void }> {
  const html = '<!doctype html><html lang="en"><title>Ready</title><h1>Ready</h1></html>';
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}
