import { hash32 } from '../../world/seeded-random.js';
import type { DirectoryView, GraphRequest, GraphResponse, Tenant, World } from '../../world/types.js';
import { GROUP_KIND, kindOf, type ObjectKind, USER_KIND } from '../odata/object-kind.js';
import { contextOf } from '../odata/select.js';
import { type DeltaItem, deltaItems, objectOf } from './delta-items.js';
import { type DeltaRound, roundLink } from './delta-token.js';

type Entry = Record<string, unknown>;

/** One page of a round: objects, perhaps a slice of a large group's members, and the link to go on with. */
export function deltaPage(world: World, request: GraphRequest, round: DeltaRound): GraphResponse {
  const kind = round.set === 'users' ? USER_KIND : GROUP_KIND;
  const view = viewFor(request, round);
  if (!round.rested && happens(world, round, world.switches.delta.emptyPageShare)) {
    return page(request, round, {
      value: [],
      next: roundLink(world, request, { to: 'page', round: { ...round, rested: true } }),
    });
  }
  const { entries, next } = cutPage(world, request, { round, kind, view });
  const value = happens(world, { ...round, rested: true }, world.switches.delta.replayShare)
    ? [...entries, ...replayed(request, { round, kind, view, entries })]
    : entries;
  if (next !== null)
    return page(request, round, { value, next: roundLink(world, request, { to: 'page', round: next }) });
  return endOfRound(world, request, { round, value });
}

/** A last page: the next round begins where this one ended. */
export function endOfRound(
  world: World,
  request: GraphRequest,
  done: { round: DeltaRound; value: readonly Entry[] },
): GraphResponse {
  const { round, value } = done;
  const start = { place: -1, member: null, rested: false, minimal: false };
  const following = { ...round, ...start, from: round.to };
  return page(request, round, { value, delta: roundLink(world, request, { to: 'round', round: following }) });
}

function page(
  request: GraphRequest,
  round: DeltaRound,
  content: { value: readonly Entry[]; next?: string; delta?: string },
): GraphResponse {
  const body = {
    '@odata.context': contextOf(request, round.set, round.select),
    ...(content.next === undefined ? {} : { '@odata.nextLink': content.next }),
    ...(content.delta === undefined ? {} : { '@odata.deltaLink': content.delta }),
    value: content.value,
  };
  return { status: 200, body };
}

interface Cutting {
  readonly round: DeltaRound;
  readonly kind: ObjectKind;
  readonly view: DirectoryView;
}

function cutPage(world: World, request: GraphRequest, cutting: Cutting) {
  const { round, kind, view } = cutting;
  const sizes = world.switches.delta;
  const size = kind.name === 'user' ? sizes.userPageSize : sizes.groupPageSize;
  const entries: Entry[] = [];
  let [place, member, membersLeft] = [round.place, round.member, sizes.membersPageSize];
  for (const item of deltaItems(request.caller.tenant, view, round)) {
    const full = entries.length >= size || (membersLeft <= 0 && item.members.size > 0);
    if (full) return { entries, next: { ...round, place, member: null, rested: false } };
    const slice = sliceMembers(item, member, membersLeft);
    const members = slice.members.map((each) => writeMember(request.caller.tenant, view, each));
    const entry = write(item, { ...cutting, members, removed: sizes.removedInInitialRound });
    if (entry !== null) entries.push(entry);
    if (slice.rest) return { entries, next: { ...round, place, member: slice.last, rested: false } };
    membersLeft -= slice.members.length;
    [place, member] = [item.place, null];
  }
  return { entries, next: null };
}

/** Members after `after`; where that one has left meanwhile, all of them again: repeating is allowed, losing is not. */
function sliceMembers(item: DeltaItem, after: string | null, most: number) {
  const all = [...item.members];
  const from = after === null ? 0 : all.findIndex(([id]) => id === after) + 1;
  const members = all.slice(from, from + Math.max(1, most));
  return { members, last: members.at(-1)?.[0] ?? null, rest: from + members.length < all.length };
}

function write(item: DeltaItem, options: Cutting & { members: readonly Entry[]; removed: boolean }): Entry | null {
  const { object, id } = item;
  const { round } = options;
  if (object === undefined) return { id, '@removed': { reason: 'deleted' } };
  if (object.deletedAtMs !== null) {
    if (round.from === null && !options.removed) return null;
    return { id, '@removed': { reason: 'changed' } };
  }
  const entry: Entry = {};
  for (const name of round.select ?? options.kind.defaultSelect) {
    const wasSet = (object.properties[name] ?? null) !== null || object.cleared.includes(name);
    const left = round.minimal && item.changed !== null && !item.changed.has(name);
    if (wasSet && !left) entry[name] = object.properties[name];
  }
  entry['id'] = id;
  if (options.members.length > 0) entry['members@delta'] = options.members;
  return entry;
}

/** What a member was is known of one that is deleted for good as well. */
function writeMember(tenant: Tenant, view: DirectoryView, [id, held]: readonly [string, boolean]): Entry {
  const object = view.user(id) ?? view.group(id);
  const wasGroup = () => tenant.commitsAfter(0).some(({ objectId, kind }) => objectId === id && kind === 'group');
  const kind = object === undefined ? (wasGroup() ? GROUP_KIND : USER_KIND) : kindOf(object);
  const type = kind.odataType;
  return { '@odata.type': type, id, ...(held ? {} : { '@removed': { reason: 'deleted' } }) };
}

/** Something told before: the first object of this page, or the object changed last before the round. */
function replayed(request: GraphRequest, page: Cutting & { entries: readonly Entry[] }): readonly Entry[] {
  const { round, kind, view, entries } = page;
  const earlier = request.caller.tenant
    .commitsAfter(Math.max(0, (round.from ?? 0) - 5))
    .find((commit) => commit.sequence <= (round.from ?? 0) && commit.kind === kind.name);
  if (earlier === undefined || round.ids !== null) return entries.slice(0, 1);
  const object = objectOf(view, kind, earlier.objectId);
  const item = { id: earlier.objectId, object, place: 0, members: new Map(), changed: null };
  const again = write(item, { ...page, members: [], removed: true });
  return again === null ? [] : [again];
}

/** A replica older than the round's end would lose what lies between; such a round is read from the newest one. */
function viewFor(request: GraphRequest, round: DeltaRound): DirectoryView {
  const view = request.caller.tenant.view(request.lagMs);
  return view.sequence >= round.to ? view : request.caller.tenant.view();
}

/** Seeded by the place, so that asking for a page again gives the same page. */
function happens(world: World, round: DeltaRound, share: number): boolean {
  const { set, from, to, place, member, rested } = round;
  return hash32(JSON.stringify([world.seed, set, from, to, place, member, rested])) / 2 ** 32 < share;
}
