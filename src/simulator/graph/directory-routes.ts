import type { GraphRequest, GraphResponse, GraphRoute, World } from '../world/types.js';
import { calendarRoutes } from './calendar/calendar-routes.js';
import { deletedItemRoutes } from './deleted-item-routes.js';
import { deltaRoutes } from './delta/delta-routes.js';
import { graphError } from './graph-error.js';
import { mailboxRoutes } from './mailbox-routes.js';
import { memberCheckRoutes } from './member-check-routes.js';
import { memberRoutes } from './member-routes.js';
import { objectRoutes } from './object-routes.js';
import { GROUP_KIND, USER_KIND } from './odata/object-kind.js';

/** Every Graph route of the directory, of mailbox settings and of calendars; patterns do not overlap. */
export function createDirectoryRoutes(world: World): readonly GraphRoute[] {
  return [
    ...objectRoutes(world, USER_KIND),
    ...objectRoutes(world, GROUP_KIND),
    ...deltaRoutes(world),
    ...memberRoutes(world),
    ...memberCheckRoutes(),
    ...mailboxRoutes(),
    ...calendarRoutes(world),
    ...deletedItemRoutes(world),
    { method: 'GET', pattern: /^\/me(?:\/.*)?$/i, resourceUnits: 1, anyRoleOf: [], handle: refuseMe },
    {
      ...{ method: 'GET', pattern: /^\/organization$/i, resourceUnits: 1 },
      anyRoleOf: ['Organization.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
      handle: organization,
    },
  ];
}

function refuseMe(request: GraphRequest): GraphResponse {
  const message = '/me request is only valid with delegated authentication flow.';
  return graphError({ status: 400, code: 'BadRequest' }, message, request);
}

function organization(request: GraphRequest): GraphResponse {
  const { id, displayName, domain } = request.caller.tenant;
  const verifiedDomains = [{ name: domain, isDefault: true, isInitial: true }];
  const value = [{ id, displayName, verifiedDomains }];
  return { status: 200, body: { '@odata.context': `${request.root}/$metadata#organization`, value } };
}
