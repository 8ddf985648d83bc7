import type { Locator, Page } from 'playwright-core';
import { spreadOf } from '../rounds.js';

/** What somebody does with a tenant of many people and groups, each in ms until its answer is on the screen. */
export interface LookUps {
  /** A word that many have in their names, and one that nobody else has; both with the 300 ms that typing is waited for. */
  readonly commonMs: number;
  readonly seldomMs: number;
  /** One more page of the list of people, which grows by it. */
  readonly showMoreMs: number;
  /** Words of the name of an Entra group in the picker, with the same 300 ms and Graph's own search. */
  readonly groupMs: number;
}

interface Where {
  /** Address of the integration's pages. */
  readonly entra: string;
  readonly rounds: number;
}

const COMMON = ['smith', 'aroha', 'kingi', 'wilson', 'sione', 'parata', 'emily', 'walker'];
/** A tenant of 2,000 people has them. */
const MORE_PAGES = 10;

/** Medians of so many rounds on pages that are open; every round looks for something else. */
export async function measureLookUps(page: Page, { entra, rounds }: Where): Promise<LookUps> {
  await page.goto(`${entra}/people`);
  await firstPerson(page).waitFor();
  const showMore = await measured(MORE_PAGES, async (round) => {
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText(`${(round + 2) * 100} shown`).waitFor();
  });
  const field = page.getByLabel('Person', { exact: true });
  const search = (word: string) => asked(page, { field, text: word, about: '/people?' }, firstPerson(page));
  const common = await measured(rounds, (round) => search(COMMON[round % COMMON.length] ?? ''));
  // Names of simulated people are numbered from the second one on.
  const seldom = await measured(rounds, (round) => search(`smith${round + 20}@`));
  await page.goto(`${entra}/team-mappings`);
  await page.getByRole('button', { name: 'Add mapping' }).click();
  const picker = page.getByRole('combobox', { name: 'Entra group' });
  await picker.click();
  const groups = await measured(rounds, (round) => {
    const text = String(round + 101);
    return asked(
      page,
      { field: picker, text, about: '/entra-groups?' },
      page.getByRole('option', { name: text }).first(),
    );
  });
  return { commonMs: common, seldomMs: seldom, showMoreMs: showMore, groupMs: groups };
}

function firstPerson(page: Page): Locator {
  return page.getByRole('table').getByRole('link').first();
}

/** Types a text and waits for its own answer, then for what that shows. */
async function asked(
  page: Page,
  { field, text, about }: { field: Locator; text: string; about: string },
  shows: Locator,
): Promise<void> {
  const isAnswer = (url: string) => url.includes(about) && new URL(url).searchParams.get('text') === text;
  await Promise.all([page.waitForResponse((response) => isAnswer(response.url())), field.fill(text)]);
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
  await shows.waitFor();
}

async function measured(rounds: number, act: (round: number) => Promise<void>): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await act(round);
    figures.push(performance.now() - from);
  }
  return Math.round(spreadOf(figures).median);
}
