import { UNSET_GROUP } from '../directory/directory-properties.js';
import type { DirectoryState } from '../directory/directory-state.js';
import { link, putGroup } from '../directory/directory-state.js';
import { hidesMembers } from '../directory/group-edits.js';
import type { SeededRandom } from '../seeded-random.js';
import { DEPARTMENTS } from './seed-names.js';
import { seedPlaces } from './seed-places.js';

/** The group whose members only apps with Member.Read.Hidden may see, and the two that hold each other. */
const HIDDEN = 5;
const CYCLE = [3, 4] as const;

/** A group holds other groups where its place is a multiple of this; otherwise it holds people. */
const NESTING_EVERY = 10;

const places = seedPlaces();

/** Puts `count` groups into the tenant and everybody into some of them; the first group is made of other groups. */
export function seedGroups(state: DirectoryState, random: SeededRandom, count: number): void {
  const people = [...state.users.keys()];
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(seedGroup(state, random, index));
  nest(state, ids);
  const leaves = ids.filter((_, index) => index % NESTING_EVERY !== 0 || count === 1);
  if (leaves.length === 0) return;
  for (const personId of people) {
    // One in ten is in no group; the others are in one to three, the earlier groups being the larger ones.
    const memberships = random.next() < 0.1 ? 0 : 1 + random.below(3);
    for (let each = 0; each < memberships; each += 1) {
      link(state, leaves[Math.floor(random.next() ** 2 * leaves.length)] ?? '', personId);
    }
  }
}

function seedGroup(state: DirectoryState, random: SeededRandom, index: number): string {
  const id = random.guid();
  const department = random.pick(DEPARTMENTS);
  const city = random.pick(random.pick(places).cities);
  const unified = index % 7 === 6 || index === HIDDEN;
  const nickname = `group${index}`;
  const properties = {
    ...UNSET_GROUP,
    ...{ id, displayName: index === 0 ? 'Everyone in the field' : `${department} ${city} ${index}` },
    description: random.next() < 0.5 ? `${department}, ${city}` : null,
    createdDateTime: '2019-03-04T05:06:07Z',
    ...{ mailNickname: nickname, mailEnabled: unified, securityEnabled: !unified },
    groupTypes: [...(unified ? ['Unified'] : []), ...(index % 25 === 24 ? ['DynamicMembership'] : [])],
    ...(index % 25 === 24
      ? { membershipRule: '(user.accountEnabled -eq true)', membershipRuleProcessingState: 'On' }
      : {}),
    visibility: index === HIDDEN ? 'HiddenMembership' : unified ? 'Private' : null,
  };
  const group = { id, properties, cleared: [], deletedAtMs: null, memberIds: new Set<string>() };
  putGroup(state, { ...group, hiddenMembership: hidesMembers(properties), ordinal: state.nextOrdinal() });
  return id;
}

function nest(state: DirectoryState, ids: readonly string[]): void {
  const hold = (parent: number, child: number) => {
    const [parentId, childId] = [ids[parent], ids[child]];
    if (parentId !== undefined && childId !== undefined) link(state, parentId, childId);
  };
  for (let index = 0; index < ids.length; index += NESTING_EVERY) {
    hold(index, index + 1);
    hold(index, index + 2);
    if (index > 0 && index % (5 * NESTING_EVERY) === 0) hold(index, index - NESTING_EVERY);
  }
  hold(CYCLE[0], CYCLE[1]);
  hold(CYCLE[1], CYCLE[0]);
}
