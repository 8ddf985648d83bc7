/** What Graph itself said of a thing, and when: the only ground on which something may be taken (law L8). */
export interface Said {
  readonly atMs: number;
  readonly order: number;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answers {
  /** An answer that no fault made up; `path` is below /v1.0. */
  note(answer: { readonly path: string; readonly status: number; readonly body: unknown }): void;
  /** Of somebody's own properties, of their groups among those asked for, of deleted items, of a group, of an event. */
  of(kind: Kind, id: string): readonly Said[];
}

type Kind = 'user' | 'memberships' | 'deleted' | 'group' | 'event' | 'calendar';

const PATHS: readonly (readonly [Kind, RegExp])[] = [
  ['memberships', /^\/users\/([^/?]+)\/(?:checkMemberGroups|getMemberGroups)/i],
  ['calendar', /^\/users\/([^/?]+)\/calendarView/i],
  ['event', /^\/users\/[^/?]+\/events\/([^/?]+)/i],
  ['user', /^\/users\/([^/?]+)(?:\?|$)/i],
  ['deleted', /^\/directory\/deletedItems\/([^/?]+)/i],
  ['group', /^\/groups\/([^/?]+)(?:\?|$)/i],
];

export function createAnswers(nowMs: () => number): Answers {
  const said = new Map<string, Said[]>();
  let order = 0;
  return {
    note: ({ path, status, body }) => {
      for (const [kind, pattern] of PATHS) {
        const id = pattern.exec(path)?.[1];
        if (id === undefined) continue;
        order += 1;
        const key = `${kind} ${decodeURIComponent(id)}`;
        const list = said.get(key) ?? [];
        said.set(key, list);
        list.push({ atMs: nowMs(), order, status, body: body as Said['body'] });
        return;
      }
    },
    of: (kind, id) => said.get(`${kind} ${id}`) ?? [],
  };
}
