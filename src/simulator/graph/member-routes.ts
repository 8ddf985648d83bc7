import type { GraphRequest, GraphResponse, GraphRoute, World } from '../world/types.js';
import { badRequest, denied, findGroup, notFound } from './find-object.js';
import { graphError } from './graph-error.js';
import { membersOf } from './member-closure.js';
import { isAdvanced, isEventual, readListOptions } from './odata/list-options.js';
import { listPage } from './odata/list-page.js';
import { type DirectoryObject, GROUP_KIND, kindOf, type ObjectKind, USER_KIND } from './odata/object-kind.js';
import { contextOf, projectMixed } from './odata/select.js';

/** Resource units (Microsoft, Graph throttling limits, identity and access). */
const UNITS = { members: 3, transitiveMembers: 5 };

/** Sees members of groups with hidden membership. */
export const HIDDEN_MEMBERS_ROLE = 'Member.Read.Hidden';

const CASTS: Readonly<Record<string, ObjectKind>> = {
  '/microsoft.graph.user': USER_KIND,
  '/microsoft.graph.group': GROUP_KIND,
};

/** Direct and transitive members of a group, all of them, only users or only groups, and how many. */
export function memberRoutes(world: World): readonly GraphRoute[] {
  const route = (segment: 'members' | 'transitiveMembers'): GraphRoute => ({
    method: 'GET',
    pattern: new RegExp(`^/groups/([^/]+)/${segment}(/microsoft\\.graph\\.(?:user|group))?(/\\$count)?$`, 'i'),
    resourceUnits: UNITS[segment],
    anyRoleOf: GROUP_KIND.readRoles,
    handle: (request, match) => answer(world, request, { match, transitive: segment === 'transitiveMembers' }),
  });
  return [route('members'), route('transitiveMembers')];
}

function answer(
  world: World,
  request: GraphRequest,
  asked: { match: RegExpMatchArray; transitive: boolean },
): GraphResponse {
  const [, key = '', castSegment, countSegment] = asked.match;
  const cast = castSegment === undefined ? undefined : CASTS[castSegment.toLowerCase()];
  if (countSegment !== undefined && !isEventual(request))
    return badRequest(request, '$count is not currently supported.');
  if (cast !== undefined && countSegment === undefined && !isAdvanced(request)) {
    const message = "OData cast needs the header 'ConsistencyLevel: eventual' and '$count=true'.";
    return graphError({ status: 400, code: 'Request_UnsupportedQuery' }, message, request);
  }
  const options = readListOptions(request, cast ?? USER_KIND);
  if ('status' in options) return options;
  const view = request.caller.tenant.view(request.lagMs);
  const group = findGroup(view, key);
  if (group === undefined) return notFound(request, key);
  const seesHidden = request.caller.roles.has(HIDDEN_MEMBERS_ROLE);
  if (group.hiddenMembership && !seesHidden) return denied(request);
  const all = membersOf(request.caller.tenant, view, { group, transitive: asked.transitive, seesHidden });
  const members = cast === undefined ? all : all.filter((member) => kindOf(member) === cast);
  if (countSegment !== undefined) {
    const found = members.filter(options.matches).length;
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: found };
  }
  return listPage(world, request, {
    context: contextOf(request, cast?.set ?? 'directoryObjects', options.select),
    options,
    objects: (after) => laterThan(members, after),
    write: (member) =>
      cast === undefined ? projectMixed(request, member, options.select) : readable(request, member, options.select),
  });
}

/** A cast list names the kind once for all; what the caller may not read is null there too. */
function readable(request: GraphRequest, member: DirectoryObject, select: readonly string[] | null) {
  const { '@odata.type': _type, ...chosen } = projectMixed(request, member, select);
  return chosen;
}

function* laterThan(members: readonly DirectoryObject[], after: number): Iterable<DirectoryObject> {
  for (const member of members) if (member.ordinal > after) yield member;
}
