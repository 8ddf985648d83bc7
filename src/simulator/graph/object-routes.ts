import type { GraphRequest, GraphResponse, GraphRoute, World } from '../world/types.js';
import { badRequest, findObject, notFound } from './find-object.js';
import { graphError } from './graph-error.js';
import { readMailboxSettings } from './mailbox-routes.js';
import { isEventual, readListOptions, refuseOptions } from './odata/list-options.js';
import { count, listPage } from './odata/list-page.js';
import type { DirectoryObject, ObjectKind } from './odata/object-kind.js';
import { contextOf, project, readSelect } from './odata/select.js';

/** Resource units of a list (Microsoft, Graph throttling limits, identity and access). */
const LIST_UNITS = 2;

/** List, count and read of users or of groups; writing is not simulated and asks for permissions nobody is given. */
export function objectRoutes(world: World, kind: ObjectKind): readonly GraphRoute[] {
  const one = new RegExp(`^/${kind.set}/(?!delta(?:\\(\\))?$|microsoft\\.graph\\.delta|\\$count$)([^/]+)$`, 'i');
  const all = new RegExp(`^/${kind.set}$`, 'i');
  const read = { method: 'GET', anyRoleOf: kind.readRoles } as const;
  const write = { resourceUnits: 1, anyRoleOf: [kind.name === 'user' ? 'User.ReadWrite.All' : 'Group.ReadWrite.All'] };
  const refuse = (request: GraphRequest) =>
    graphError(
      { status: 501, code: 'NotImplemented' },
      'Edits go through the control interface of the simulator.',
      request,
    );
  return [
    { ...read, pattern: all, resourceUnits: LIST_UNITS, handle: (request) => list(world, kind, request) },
    {
      ...{ ...read, pattern: new RegExp(`^/${kind.set}/\\$count$`, 'i'), resourceUnits: 1 },
      handle: (request) => countAll(kind, request),
    },
    { ...read, pattern: one, resourceUnits: 1, handle: (request, match) => readOne(kind, request, match[1] ?? '') },
    { ...write, method: 'POST', pattern: all, handle: refuse },
    { ...write, method: 'PATCH', pattern: one, handle: refuse },
    { ...write, method: 'DELETE', pattern: one, handle: refuse },
  ];
}

/** `mailboxSettings` lives in Exchange and is not to be had in lists. */
const MAILBOX_IN_LIST = 'This operation target is not yet supported.';

function list(world: World, kind: ObjectKind, request: GraphRequest): GraphResponse {
  const options = readListOptions(request, kind);
  if ('status' in options) return options;
  if (options.select?.includes('mailboxSettings'))
    return graphError({ status: 501, code: 'NotImplemented' }, MAILBOX_IN_LIST, request);
  return listPage(world, request, {
    context: contextOf(request, kind.set, options.select),
    options,
    objects: (after) => liveObjects(kind, request, after),
    write: (object) => project(object, options.select),
  });
}

function countAll(kind: ObjectKind, request: GraphRequest): GraphResponse {
  if (!isEventual(request)) return badRequest(request, '$count is not currently supported.');
  const options = readListOptions(request, kind);
  if ('status' in options) return options;
  const matching = [...liveObjects(kind, request, -1)].filter(options.matches);
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: count(matching) };
}

function readOne(kind: ObjectKind, request: GraphRequest, key: string): GraphResponse {
  const refused = refuseOptions(request, new Set(['$select']));
  if (refused !== null) return refused;
  const object = findObject(request.caller.tenant.view(request.lagMs), kind, key);
  if (object === undefined) return notFound(request, key);
  const select = readSelect(request.query);
  const body = { '@odata.context': `${contextOf(request, kind.set, select)}/$entity`, ...project(object, select) };
  if (!select?.includes('mailboxSettings') || !('mailbox' in object)) return { status: 200, body };
  const mailbox = readMailboxSettings(request, object);
  return 'status' in mailbox ? mailbox : { status: 200, body: { ...body, mailboxSettings: mailbox } };
}

function* liveObjects(kind: ObjectKind, request: GraphRequest, after: number): Iterable<DirectoryObject> {
  const view = request.caller.tenant.view(request.lagMs);
  const objects: Iterable<DirectoryObject> = kind.name === 'user' ? view.users(after) : view.groups(after);
  for (const object of objects) if (object.deletedAtMs === null) yield object;
}
