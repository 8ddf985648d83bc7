import { createSeededRandom } from '../../../src/simulator/world/seeded-random.js';
import type { DirectoryUser } from '../../../src/simulator/world/types.js';
import { PLAIN_FIELDS, PROPERTY_OF, SAMPLES } from '../oracle/values.js';
import { hire, type Scene } from './scene.js';
import type { Stage } from './stage.js';

type Picks = readonly number[];

/** Does something in the directory; what cannot be done there does nothing. */
export function edit(stage: Stage, scene: Scene, { what, picks }: { what: string; picks: Picks }): void {
  const change = EDITS[what];
  if (!change) throw new Error(`there is no edit ${what}`);
  stage.graph.as(() => change(hand(stage, scene, picks)));
}

interface Hand {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly directory: Stage['tenant']['directory'];
  /** Somebody live, and somebody else. */
  readonly live: DirectoryUser | undefined;
  readonly other: DirectoryUser | undefined;
  readonly deleted: DirectoryUser | undefined;
  /** A group that is there: mapped or nested, another one, and one that holds the person. */
  readonly group: string | undefined;
  readonly held: string | undefined;
  readonly number: number;
}

function hand(stage: Stage, scene: Scene, [first = 0, second = 0, third = 0]: Picks): Hand {
  const view = stage.tenant.view();
  const users = [...view.users()].filter(({ id }) => scene.people.includes(id));
  const live = users.filter(({ deletedAtMs }) => deletedAtMs === null);
  const deleted = users.filter(({ deletedAtMs }) => deletedAtMs !== null);
  const of = <T>(list: readonly T[], index: number) => list[index % Math.max(1, list.length)];
  const person = of(live, first);
  const groups = scene.groups.filter((id) => view.group(id)?.deletedAtMs === null);
  const held = groups.filter((id) => view.group(id)?.memberIds.has(person?.id ?? ''));
  const { directory } = stage.tenant;
  const other = of(live, second);
  const parts = { live: person, other, deleted: of(deleted, first), group: of(groups, second), held: of(held, third) };
  return { stage, scene, directory, number: third, ...parts };
}

const EDITS: Readonly<Record<string, (hand: Hand) => void>> = {
  field: ({ directory, live, number }) => {
    const field = PLAIN_FIELDS[number % PLAIN_FIELDS.length] ?? 'firstName';
    const samples = SAMPLES[field];
    const { raw } = samples[Math.floor(number / 4) % samples.length] ?? samples[0];
    if (live) directory.updateUser(live.id, { [PROPERTY_OF[field]]: raw });
  },
  mail: ({ directory, live, number, scene }) =>
    void (live && directory.updateUser(live.id, { mail: `new${number}@${scene.domain}` })),
  swap: ({ directory, live, other }) => {
    if (!live || !other || live === other) return;
    const [mine, theirs] = [live.properties['mail'], other.properties['mail']];
    directory.updateUser(live.id, { mail: theirs });
    directory.updateUser(other.id, { mail: mine });
  },
  sameMail: ({ directory, live, other }) =>
    void (live && other && directory.updateUser(live.id, { mail: other.properties['mail'] })),
  noMail: ({ directory, live, number }) =>
    void (live && directory.updateUser(live.id, { mail: number % 2 === 0 ? null : 'not an address' })),
  disable: ({ directory, live }) => void (live && directory.updateUser(live.id, { accountEnabled: false })),
  enable: ({ directory, stage, scene, number }) => {
    const disabled = [...stage.tenant.view().users()].filter(
      ({ id, deletedAtMs, properties }) =>
        scene.people.includes(id) && deletedAtMs === null && properties['accountEnabled'] === false,
    );
    const one = disabled[number % Math.max(1, disabled.length)];
    if (one) directory.updateUser(one.id, { accountEnabled: true });
  },
  delete: ({ directory, live }) => void (live && directory.deleteUser(live.id, false)),
  restore: ({ directory, deleted }) => void (deleted && directory.restoreUser(deleted.id)),
  purge: ({ directory, live, deleted, number }) => {
    const gone = number % 2 === 0 ? deleted : live;
    if (gone) directory.deleteUser(gone.id, true);
  },
  hire: ({ directory, stage, scene, group, number }) => {
    const index = scene.people.length;
    const random = createSeededRandom(`hire ${stage.seed} ${index} ${number}`);
    const id = hire({ tenant: stage.tenant, domain: scene.domain, random, index });
    scene.people.push(id);
    if (group) directory.addMember(group, id);
  },
  join: ({ directory, live, group }) => void (live && group && directory.addMember(group, live.id)),
  leave: ({ directory, live, held }) => void (live && held && directory.removeMember(held, live.id)),
  move: ({ directory, live, held, group }) => {
    if (!live || !held || !group || held === group) return;
    directory.removeMember(held, live.id);
    directory.addMember(group, live.id);
  },
  nest: ({ directory, scene, stage, number }) => {
    const [above = '', below = ''] = [scene.groups[number % 4], scene.groups[4 + (number % 2)]];
    const isThere = (id: string) => stage.tenant.view().group(id)?.deletedAtMs === null;
    if (isThere(above) && isThere(below)) directory.addMember(above, below);
  },
  unnest: ({ directory, scene, stage, number }) => {
    const below = scene.groups[4 + (number % 2)] ?? '';
    const [above] = stage.tenant.view().parentsOf(below);
    if (above) directory.removeMember(above, below);
  },
  guest: ({ directory, live, number }) =>
    void (live && directory.updateUser(live.id, { userType: number % 3 === 0 ? 'Guest' : 'Member' })),
  /** A nested one mostly; a mapped one that is gone is a broken mapping. */
  dropGroup: ({ directory, scene, stage, number }) => {
    const id = scene.groups[number % 3 === 0 ? 3 : 4 + (number % 2)] ?? '';
    if (stage.tenant.view().group(id)?.deletedAtMs === null) directory.deleteGroup(id);
  },
};
