import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { DirectoryGroup, DirectoryUser } from '../world/types.js';
import { type ControlDeps, idParameter, readQuery, tenantParameter } from './control-exchange.js';

const lookupSchema = z.strictObject({
  search: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(100_000).default(100),
});

const SHOWN = ['displayName', 'userPrincipalName', 'mail', 'accountEnabled', 'groupTypes'];

/** Finds people and groups as they are now, soft-deleted ones included, without Graph's lag, permissions or budgets. */
export function createDirectoryLookups(deps: ControlDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/users', (request, response) => {
    send(request, response, tenantParameter(deps, request).view().users());
  });
  router.get('/groups', (request, response) => {
    send(request, response, tenantParameter(deps, request).view().groups());
  });
  router.get('/groups/:id/members', (request, response) => {
    const group = tenantParameter(deps, request).view().group(idParameter(request, 'id'));
    response.status(group ? 200 : 404).json({ items: [...(group?.memberIds ?? [])].map((id) => ({ id })) });
  });
  return router;
}

function send(request: Request, response: Response, objects: Iterable<DirectoryUser | DirectoryGroup>): void {
  response.json({ items: findObjects(objects, readQuery(request, lookupSchema)).map(shownOf) });
}

/** The first of those whose id, name or address holds the searched text. */
export function findObjects<T extends DirectoryUser | DirectoryGroup>(
  objects: Iterable<T>,
  { search, limit }: { readonly search: string; readonly limit: number },
): T[] {
  const wanted = search.toLowerCase();
  const found: T[] = [];
  for (const object of objects) {
    if (found.length >= limit) break;
    const texts = Object.values(shownOf(object)).map((value) => String(value).toLowerCase());
    if (texts.some((text) => text.includes(wanted))) found.push(object);
  }
  return found;
}

function shownOf(object: DirectoryUser | DirectoryGroup) {
  const known = SHOWN.filter((name) => name in object.properties);
  return {
    id: object.id,
    ...Object.fromEntries(known.map((name) => [name, object.properties[name]])),
    deleted: object.deletedAtMs !== null,
    ...('memberIds' in object ? { members: object.memberIds.size } : { mailbox: object.mailbox }),
  };
}
