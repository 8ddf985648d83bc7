import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import type { Commit, DirectoryWriter } from '../world/types.js';
import { type ControlDeps, idParameter, readBody, readQuery, sendChange, tenantParameter } from './control-exchange.js';

const mailboxSchema = z.union([
  z.enum(['none', 'blocked']),
  z.strictObject({ timeZone: z.string().min(1), userPurpose: z.string().min(1).default('user') }),
]);

/** Names are checked by the directory itself; here only the kinds of those that rules depend on. */
export const userSchema = z.looseObject({
  accountEnabled: z.boolean().optional(),
  displayName: z.string().min(1).optional(),
  userPrincipalName: z.string().min(1).optional(),
  userType: z.enum(['Member', 'Guest']).nullable().optional(),
  ...nullableTexts('givenName', 'surname', 'mail', 'mobilePhone', 'country', 'usageLocation', 'jobTitle', 'department'),
  businessPhones: z.array(z.string()).optional(),
  otherMails: z.array(z.string()).optional(),
  mailbox: mailboxSchema.optional(),
});

const groupSchema = z.looseObject({
  displayName: z.string().min(1).optional(),
  groupTypes: z.array(z.string()).optional(),
  securityEnabled: z.boolean().optional(),
  mailEnabled: z.boolean().optional(),
  ...nullableTexts('visibility', 'mail', 'description', 'membershipRule'),
});

const deletionSchema = z.strictObject({ permanent: z.enum(['true', 'false']).default('false') });

type Edit = (directory: DirectoryWriter, request: Request) => Commit;

/** Edits of a tenant's people, groups and memberships; every one is a commit and is announced to subscribers. */
export function createDirectoryControls(deps: ControlDeps): Router {
  const router = Router({ mergeParams: true });
  const run = (edit: Edit, status: number) => (request: Request, response: Response) => {
    const { atMs, objectId } = edit(tenantParameter(deps, request).directory, request);
    sendChange(response, { atMs, id: objectId }, status);
  };
  for (const [method, path, edit] of EDITS) router[method](path, run(edit, 200));
  for (const [path, edit] of CREATIONS) router.post(path, run(edit, 201));
  return router;
}

const idOf = (request: Request) => idParameter(request, 'id');
const memberOf = (request: Request) => idParameter(request, 'member');

const CREATIONS: readonly [path: string, Edit][] = [
  ['/users', createUser],
  ['/groups', (directory, request) => directory.createGroup(readBody(request, groupSchema))],
];

const EDITS: readonly [method: 'post' | 'patch' | 'put' | 'delete', path: string, Edit][] = [
  ['patch', '/users/:id', updateUser],
  ['delete', '/users/:id', (directory, request) => directory.deleteUser(idOf(request), isPermanent(request))],
  ['post', '/users/:id/restore', (directory, request) => directory.restoreUser(idOf(request))],
  [
    'patch',
    '/groups/:id',
    (directory, request) => directory.updateGroup(idOf(request), readBody(request, groupSchema)),
  ],
  ['delete', '/groups/:id', (directory, request) => directory.deleteGroup(idOf(request), isPermanent(request))],
  ['post', '/groups/:id/restore', (directory, request) => directory.restoreGroup(idOf(request))],
  ['put', '/groups/:id/members/:member', (to, request) => to.addMember(idOf(request), memberOf(request))],
  ['delete', '/groups/:id/members/:member', (from, request) => from.removeMember(idOf(request), memberOf(request))],
];

function createUser(directory: DirectoryWriter, request: Request): Commit {
  const { mailbox, ...properties } = readBody(request, userSchema);
  return directory.createUser(properties, mailbox);
}

function updateUser(directory: DirectoryWriter, request: Request): Commit {
  const { mailbox, ...properties } = readBody(request, userSchema);
  if (mailbox === undefined && Object.keys(properties).length === 0) {
    throw new AppError('nothing_to_change', 'Send at least one property to change.');
  }
  return directory.updateUser(idParameter(request, 'id'), properties, mailbox);
}

function isPermanent(request: Request): boolean {
  return readQuery(request, deletionSchema).permanent === 'true';
}

function nullableTexts<Name extends string>(...names: readonly Name[]) {
  const text = z.string().nullable().optional();
  return Object.fromEntries(names.map((name) => [name, text]));
}
