import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import type { Commit, DirectoryWriter, Tenant } from '../world/types.js';
import { type ControlDeps, idParameter, readBody, readQuery, sendChange, tenantParameter } from './control-exchange.js';

const mailboxSchema = z.union([
  z.enum(['none', 'blocked']),
  z.strictObject({ timeZone: z.string().min(1), userPurpose: z.string().min(1).default('user') }),
]);

/** Names are checked by the directory itself; here only the kinds of those that rules depend on. */
const userSchema = z.looseObject({
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

type Edit = (directory: DirectoryWriter, request: Request, tenant: Tenant) => Commit;

/** Edits of a tenant's people, groups and memberships; every one is a commit and is announced to subscribers. */
export function createDirectoryControls(deps: ControlDeps): Router {
  const router = Router({ mergeParams: true });
  const edit =
    (run: Edit, status = 200) =>
    (request: Request, response: Response) => {
      const tenant = tenantParameter(deps, request);
      const commit = run(tenant.directory, request, tenant);
      sendChange(response, { atMs: commit.atMs, id: commit.objectId }, status);
    };
  const created = (run: Edit) => edit(run, 201);

  router.post('/users', created(createUser));
  router.patch('/users/:id', edit(updateUser));
  router.delete(
    '/users/:id',
    edit((directory, request) => directory.deleteUser(idParameter(request, 'id'), isPermanent(request))),
  );
  router.post(
    '/users/:id/restore',
    edit((directory, request) => directory.restoreUser(idParameter(request, 'id'))),
  );
  router.post(
    '/groups',
    created((directory, request) => directory.createGroup(readBody(request, groupSchema))),
  );
  router.patch(
    '/groups/:id',
    edit((directory, request) => directory.updateGroup(idParameter(request, 'id'), readBody(request, groupSchema))),
  );
  router.delete(
    '/groups/:id',
    edit((directory, request) => directory.deleteGroup(idParameter(request, 'id'), isPermanent(request))),
  );
  router.post(
    '/groups/:id/restore',
    edit((directory, request) => directory.restoreGroup(idParameter(request, 'id'))),
  );
  addMemberRoutes(router, edit);
  return router;
}

function addMemberRoutes(router: Router, edit: (run: Edit) => (request: Request, response: Response) => void): void {
  router.put(
    '/groups/:id/members/:member',
    edit((directory, request) => directory.addMember(idParameter(request, 'id'), idParameter(request, 'member'))),
  );
  router.delete(
    '/groups/:id/members/:member',
    edit((directory, request) => directory.removeMember(idParameter(request, 'id'), idParameter(request, 'member'))),
  );
  router.all('/mailboxes/:id/events{/:event}', () => {
    throw new AppError('not_built', 'Events of mailboxes are not simulated yet.', { status: 501 });
  });
}

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
