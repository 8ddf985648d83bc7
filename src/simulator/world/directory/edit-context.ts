import { AppError } from '../../../kernel/app-error.js';
import { isGuid } from '../../../kernel/guid.js';
import type { SeededRandom } from '../seeded-random.js';
import type { Commit, DirectoryGroup, DirectoryUser } from '../types.js';
import type { CommitLog } from './commit-log.js';
import type { DirectoryState } from './directory-state.js';

export type Properties = Record<string, unknown>;

/** What every edit of a tenant's directory works on. */
export interface EditContext {
  readonly state: DirectoryState;
  readonly log: CommitLog;
  readonly random: SeededRandom;
  readonly domain: string;
}

/** A commit of now that changed nothing, to be filled in. */
export function emptyCommit(context: EditContext, kind: Commit['kind'], objectId: string): Omit<Commit, 'sequence'> {
  const nothing = { changedProperties: [], membersAdded: [], membersRemoved: [] };
  return { kind, objectId, atMs: context.state.nowMs(), changeType: 'updated', ...nothing };
}

export function commit(
  context: EditContext,
  object: readonly [kind: Commit['kind'], id: string],
  parts: Partial<Commit>,
): Commit {
  return context.log.append({ ...emptyCommit(context, ...object), ...parts });
}

/** The given properties with an id: their own, or a new one. */
export function identified(context: EditContext, given: Properties): Properties & { id: string } {
  const id = given['id'] ?? context.random.guid();
  if (typeof id !== 'string' || !isGuid(id)) throw new AppError('invalid_id', 'Give the id as a GUID in lower case.');
  const { users, groups } = context.state;
  if (users.has(id) || groups.has(id)) throw new AppError('id_taken', `The id ${id} is taken; give another one.`);
  return { ...given, id };
}

/** Refuses names that no edit may set. */
export function settable(given: Properties, unset: Readonly<Properties>): Properties {
  for (const name of Object.keys(given)) {
    if (name !== 'id' && name !== 'deletedDateTime' && (name in unset || name.startsWith('extension_'))) continue;
    throw new AppError('unknown_property', `"${name}" is no property that can be set here.`, { field: name });
  }
  return given;
}

/** What an object becomes by an edit, and the names whose values differ. */
export function changed(object: DirectoryUser | DirectoryGroup, wanted: Properties) {
  const isNew = (name: string) => JSON.stringify(wanted[name]) !== JSON.stringify(object.properties[name] ?? null);
  const names = Object.keys(wanted).filter(isNew);
  const properties: Readonly<Properties> = { ...object.properties, ...wanted };
  const nowNull = names.filter((name) => wanted[name] === null);
  const cleared = [...new Set([...object.cleared, ...nowNull])].filter((name) => properties[name] === null);
  return { names, properties, cleared };
}

/** Names of the properties that hold a value. */
export function setNames(properties: Properties): readonly string[] {
  return Object.keys(properties).filter((name) => properties[name] !== null);
}

/** Now as the directory writes it: whole seconds, UTC. */
export function directoryInstant(context: EditContext): string {
  return `${new Date(context.state.nowMs()).toISOString().slice(0, 19)}Z`;
}
