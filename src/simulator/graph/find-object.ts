import { normaliseGuid } from '../../kernel/guid.js';
import type { DirectoryGroup, DirectoryUser, DirectoryView, GraphRequest, GraphResponse } from '../world/types.js';
import { graphError } from './graph-error.js';
import type { DirectoryObject, ObjectKind } from './odata/object-kind.js';

/** A live user by object id or user principal name. */
export function findUser(view: DirectoryView, key: string): DirectoryUser | undefined {
  const id = normaliseGuid(key);
  const user = id === null ? view.userByPrincipalName(key) : view.user(id);
  return user?.deletedAtMs === null ? user : undefined;
}

/** A live group by object id. */
export function findGroup(view: DirectoryView, key: string): DirectoryGroup | undefined {
  const group = view.group(normaliseGuid(key) ?? '');
  return group?.deletedAtMs === null ? group : undefined;
}

export function findObject(view: DirectoryView, kind: ObjectKind, key: string): DirectoryObject | undefined {
  return kind.name === 'user' ? findUser(view, key) : findGroup(view, key);
}

/** A live user or group by object id. */
export function findMember(view: DirectoryView, id: string): DirectoryObject | undefined {
  const object = view.user(id) ?? view.group(id);
  return object?.deletedAtMs === null ? object : undefined;
}

/** 404 for an object that is not there, or no longer; a malformed id is answered in the same way. */
export function notFound(request: GraphRequest, key: string): GraphResponse {
  const missing = `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`;
  return graphError({ status: 404, code: 'Request_ResourceNotFound' }, missing, request);
}

export function denied(request: GraphRequest): GraphResponse {
  return graphError(
    { status: 403, code: 'Authorization_RequestDenied' },
    'Insufficient privileges to complete the operation.',
    request,
  );
}

export function badRequest(request: GraphRequest, message: string): GraphResponse {
  return graphError({ status: 400, code: 'Request_BadRequest' }, message, request);
}
