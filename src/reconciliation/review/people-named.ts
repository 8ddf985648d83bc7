import { normaliseGuid } from '../../kernel/guid.js';
import { PEOPLE, type PersonRow } from '../../mirror/types.js';
import { BY_WORD, named } from '../../records/search/people-by-word.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { literalPattern } from '../../store/literal-pattern.js';
import { RUN_ITEMS, type RunItemRow } from '../types.js';

/** Whoever matches after so many is not looked for: a longer text finds them. */
const FOUND_MOST = 200;

export interface NamedIn {
  readonly enterpriseId: string;
  readonly tenantId: string | null;
  /** Also newcomers whom only this plan knows. */
  readonly planId?: string | undefined;
}

/**
 * Object ids of the people of the directory by what somebody typed: by record, by what Entra said of them, by plan. Who
 * has no record has to be found too: it is they who have problems.
 */
export async function peopleNamed(
  store: Store,
  { enterpriseId, tenantId, planId }: NamedIn,
  text: string,
): Promise<string[]> {
  const id = normaliseGuid(text);
  const users = await store
    .collection<UserRow>(USERS)
    .find({ $and: [{ enterpriseId, 'entra.objectId': { $exists: true } }, ...named(text)] }, id === null ? HINT : {})
    .project<Pick<UserRow, 'entra'>>({ 'entra.objectId': 1 })
    .limit(FOUND_MOST)
    .toArray();
  const found = new Set(users.flatMap(({ entra }) => entra?.objectId ?? []));
  if (id !== null) return [...found.add(id)];
  const words = partsOf(text);
  if (words.length === 0) return [];
  const read = await store
    .collection<PersonRow>(PEOPLE)
    .find({ $and: [{ tenantId: tenantId ?? '' }, ...words.map(ofReading)] })
    .project<Pick<PersonRow, 'objectId'>>({ objectId: 1 })
    .limit(FOUND_MOST)
    .toArray();
  for (const { objectId } of read) found.add(objectId);
  if (planId === undefined) return [...found];
  const planned = await store
    .collection<RunItemRow>(RUN_ITEMS)
    .find({ $and: [{ runId: planId, label: { $exists: true } }, ...words.map(ofNewcomer)] })
    .project<Pick<RunItemRow, 'person'>>({ person: 1 })
    .limit(FOUND_MOST)
    .toArray();
  for (const { person } of planned) found.add(person);
  return [...found];
}

const HINT = { hint: BY_WORD };

type Part = ReturnType<typeof partsOf>[number];

const WITH_MACRONS = ['aā', 'eē', 'iī', 'oō', 'uū'];

/** A condition for each word, to be found anywhere in a text in any case, with macrons or without. */
function partsOf(text: string): { readonly $regex: string; readonly $options: 'i' }[] {
  const words = text.normalize('NFC').split(/[\s\p{Cc}]+/u);
  return words.filter(Boolean).map((word) => {
    const literal = literalPattern(word);
    const $regex = WITH_MACRONS.reduce(
      (made, both) => made.replace(new RegExp(`[${both}]`, 'gi'), `[${both}]`),
      literal,
    );
    return { $regex, $options: 'i' };
  });
}

function ofReading(part: Part) {
  const attributes = ['values.displayName', 'values.givenName', 'values.surname', 'values.mail', 'userPrincipalName'];
  return { $or: attributes.map((name) => ({ [`attributes.${name}`]: part })) };
}

function ofNewcomer(part: Part) {
  return { $or: ['label', 'after.email'].map((name) => ({ [name]: part })) };
}
