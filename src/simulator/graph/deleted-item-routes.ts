import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { GraphRequest, GraphResponse, GraphRoute, World } from '../world/types.js';
import { badRequest, denied, notFound } from './find-object.js';
import { readListOptions } from './odata/list-options.js';
import { listPage } from './odata/list-page.js';
import { type DirectoryObject, GROUP_KIND, kindOf, mayRead, type ObjectKind, USER_KIND } from './odata/object-kind.js';
import { contextOf, project, readSelect } from './odata/select.js';

/** Permissions to restore and to delete for good (Microsoft Graph documentation, directory deletedItems). */
const WRITE_ROLES = ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];

/** What was soft deleted: reading it, restoring it, and deleting it for good. */
export function deletedItemRoutes(world: World): readonly GraphRoute[] {
  const read = {
    method: 'GET',
    resourceUnits: 1,
    anyRoleOf: [...USER_KIND.readRoles, ...GROUP_KIND.readRoles],
  } as const;
  const write = { resourceUnits: 1, anyRoleOf: WRITE_ROLES };
  const one = /^\/directory\/deletedItems\/(?!microsoft\.graph\.)([^/]+)$/i;
  return [
    ...[USER_KIND, GROUP_KIND].map((kind) => ({
      ...{ ...read, pattern: new RegExp(`^/directory/deletedItems/microsoft\\.graph\\.${kind.name}$`, 'i') },
      anyRoleOf: kind.readRoles,
      handle: (request: GraphRequest) => list(world, kind, request),
    })),
    { ...read, pattern: one, handle: readOne },
    { ...write, method: 'POST', pattern: /^\/directory\/deletedItems\/([^/]+)\/restore$/i, handle: restore },
    { ...write, method: 'DELETE', pattern: one, handle: purge },
  ];
}

function list(world: World, kind: ObjectKind, request: GraphRequest): GraphResponse {
  const options = readListOptions(request, kind);
  if ('status' in options) return options;
  const view = request.caller.tenant.view(request.lagMs);
  const select = options.select ?? [...kind.defaultSelect, 'deletedDateTime'];
  return listPage(world, request, {
    context: contextOf(request, kind.set, options.select),
    options,
    *objects(after) {
      const all: Iterable<DirectoryObject> = kind.name === 'user' ? view.users(after) : view.groups(after);
      for (const object of all) if (object.deletedAtMs !== null) yield object;
    },
    write: (object) => project(object, select),
  });
}

function readOne(request: GraphRequest, match: RegExpMatchArray): GraphResponse {
  const object = findDeleted(request, match, request.lagMs);
  if (object === undefined) return notFound(request, match[1] ?? '');
  return mayRead(request, kindOf(object)) ? written(request, object) : denied(request);
}

function restore(request: GraphRequest, match: RegExpMatchArray): GraphResponse {
  const object = findDeleted(request, match, 0);
  if (object === undefined) return notFound(request, match[1] ?? '');
  const { tenant } = request.caller;
  const isUser = kindOf(object) === USER_KIND;
  try {
    if (isUser) tenant.directory.restoreUser(object.id);
    else tenant.directory.restoreGroup(object.id);
  } catch (error) {
    if (error instanceof AppError) return badRequest(request, error.message);
    throw error;
  }
  const view = tenant.view();
  return written(request, (isUser ? view.user(object.id) : view.group(object.id)) ?? object);
}

function purge(request: GraphRequest, match: RegExpMatchArray): GraphResponse {
  const object = findDeleted(request, match, 0);
  if (object === undefined) return notFound(request, match[1] ?? '');
  const { directory } = request.caller.tenant;
  if (kindOf(object) === USER_KIND) directory.deleteUser(object.id, true);
  else directory.deleteGroup(object.id, true);
  return { status: 204 };
}

function findDeleted(request: GraphRequest, match: RegExpMatchArray, lagMs: number): DirectoryObject | undefined {
  const view = request.caller.tenant.view(lagMs);
  const id = normaliseGuid(match[1] ?? '') ?? '';
  const object = view.user(id) ?? view.group(id);
  return object === undefined || object.deletedAtMs === null ? undefined : object;
}

function written(request: GraphRequest, object: DirectoryObject): GraphResponse {
  const kind = kindOf(object);
  const select = readSelect(request.query);
  const context = `${contextOf(request, 'directoryObjects', select)}/$entity`;
  const chosen = project(object, select ?? [...new Set([...kind.defaultSelect, 'deletedDateTime'])]);
  return { status: 200, body: { '@odata.context': context, '@odata.type': kind.odataType, ...chosen } };
}
