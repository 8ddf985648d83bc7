import {
  DEFAULT_GROUP_SELECT,
  DEFAULT_USER_SELECT,
  UNSET_GROUP,
  UNSET_USER,
} from '../../world/directory/directory-properties.js';
import type { DirectoryGroup, DirectoryUser, GraphRequest } from '../../world/types.js';

export type DirectoryObject = DirectoryUser | DirectoryGroup;

/** What lists and reads of users and of groups differ in. */
export interface ObjectKind {
  readonly name: 'user' | 'group';
  readonly set: 'users' | 'groups';
  readonly odataType: string;
  readonly defaultSelect: readonly string[];
  /** Every property the kind has. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly readRoles: readonly string[];
}

export const USER_KIND: ObjectKind = {
  ...{ name: 'user', set: 'users', odataType: '#microsoft.graph.user' },
  ...{ defaultSelect: DEFAULT_USER_SELECT, properties: UNSET_USER },
  readRoles: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};

export const GROUP_KIND: ObjectKind = {
  ...{ name: 'group', set: 'groups', odataType: '#microsoft.graph.group' },
  ...{ defaultSelect: DEFAULT_GROUP_SELECT, properties: UNSET_GROUP },
  readRoles: [
    ...['Group.Read.All', 'GroupMember.Read.All', 'Group.ReadWrite.All', 'GroupMember.ReadWrite.All'],
    ...['Directory.Read.All', 'Directory.ReadWrite.All'],
  ],
};

export function kindOf(object: DirectoryObject): ObjectKind {
  return 'memberIds' in object ? GROUP_KIND : USER_KIND;
}

/** Whether the caller's application permissions let it read objects of this kind. */
export function mayRead(request: GraphRequest, kind: ObjectKind): boolean {
  return kind.readRoles.some((role) => request.caller.roles.has(role));
}
