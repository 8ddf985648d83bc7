import { z } from 'zod';
import { isGuid, normaliseGuid } from '../../kernel/guid.js';
import type { GraphRequest, GraphResponse, GraphRoute } from '../world/types.js';
import { badRequest, denied, findMember, findUser, notFound } from './find-object.js';
import { graphError } from './graph-error.js';
import { groupsAbove } from './member-closure.js';
import { HIDDEN_MEMBERS_ROLE } from './member-routes.js';
import { GROUP_KIND, mayRead, USER_KIND } from './odata/object-kind.js';
import { contextOf, projectMixed, readSelect } from './odata/select.js';

/** Limits of the three calls (Microsoft Graph documentation of each). */
const MAX_CHECKED = 20;
const MAX_GROUPS_ANSWERED = 11_000;
const MAX_IDS = 1_000;
const GET_BY_IDS_UNITS = 5;

const checkSchema = z.object({ groupIds: z.array(z.string()) });
const getGroupsSchema = z.object({ securityEnabledOnly: z.boolean() });
const byIdsSchema = z.object({ ids: z.array(z.string()), types: z.array(z.string()).optional() });

/** Questions about one person's groups, and reading many objects by id. */
export function memberCheckRoutes(): readonly GraphRoute[] {
  const post = { method: 'POST', resourceUnits: 1, anyRoleOf: GROUP_KIND.readRoles } as const;
  return [
    { ...post, pattern: /^\/users\/([^/]+)\/(?:microsoft\.graph\.)?checkMemberGroups$/i, handle: checkMemberGroups },
    { ...post, pattern: /^\/users\/([^/]+)\/(?:microsoft\.graph\.)?getMemberGroups$/i, handle: getMemberGroups },
    {
      ...{
        ...post,
        pattern: /^\/directoryObjects\/(?:microsoft\.graph\.)?getByIds$/i,
        resourceUnits: GET_BY_IDS_UNITS,
      },
      anyRoleOf: [...USER_KIND.readRoles, ...GROUP_KIND.readRoles],
      handle: getByIds,
    },
  ];
}

/** Ids are judged as one request; groups whose members the caller may not see are left out without a word. */
function checkMemberGroups(request: GraphRequest, match: RegExpMatchArray): GraphResponse {
  const body = checkSchema.safeParse(request.body);
  if (!body.success) return badRequest(request, "The required parameter 'groupIds' is missing or not a list of ids.");
  const { groupIds } = body.data;
  if (groupIds.length > MAX_CHECKED) {
    return badRequest(request, `The number of group ids is ${groupIds.length}; at most ${MAX_CHECKED} are allowed.`);
  }
  const malformed = groupIds.find((id) => !isGuid(id.toLowerCase()));
  if (malformed !== undefined) return badRequest(request, `Invalid GUID: '${malformed}'.`);
  const above = groupsOf(request, match[1]);
  if ('status' in above) return above;
  const asked = new Set(groupIds.map((id) => id.toLowerCase()));
  return idCollection(
    request,
    [...above.ids].filter((id) => asked.has(id)),
  );
}

function getMemberGroups(request: GraphRequest, match: RegExpMatchArray): GraphResponse {
  const body = getGroupsSchema.safeParse(request.body);
  if (!body.success) return badRequest(request, "The required parameter 'securityEnabledOnly' is missing.");
  const above = groupsOf(request, match[1]);
  if ('status' in above) return above;
  const view = request.caller.tenant.view(request.lagMs);
  const counts = (id: string) =>
    !body.data.securityEnabledOnly || view.group(id)?.properties['securityEnabled'] === true;
  const ids = [...above.ids].filter(counts);
  if (ids.length <= MAX_GROUPS_ANSWERED) return idCollection(request, ids);
  const message = 'The result size limit is exceeded; ask for fewer groups with checkMemberGroups.';
  return graphError({ status: 400, code: 'Directory_ResultSizeLimitExceeded' }, message, request);
}

/** Needs permission for users and for groups; neither alone is enough. */
function groupsOf(request: GraphRequest, key = ''): { readonly ids: readonly string[] } | GraphResponse {
  if (!mayRead(request, USER_KIND)) return denied(request);
  const view = request.caller.tenant.view(request.lagMs);
  const user = findUser(view, key);
  if (user === undefined) return notFound(request, key);
  const seesHidden = request.caller.roles.has(HIDDEN_MEMBERS_ROLE);
  const visible = (id: string) => seesHidden || view.group(id)?.hiddenMembership !== true;
  return { ids: [...groupsAbove(view, user.id)].filter(visible) };
}

function idCollection(request: GraphRequest, ids: readonly string[]): GraphResponse {
  return { status: 200, body: { '@odata.context': contextOf(request, 'Collection(Edm.String)', null), value: ids } };
}

/** Unknown ids are left out. */
function getByIds(request: GraphRequest): GraphResponse {
  const body = byIdsSchema.safeParse(request.body);
  if (!body.success) return badRequest(request, "The required parameter 'ids' is missing or not a list of ids.");
  const { ids, types } = body.data;
  if (ids.length > MAX_IDS) return badRequest(request, `Too many ids: ${ids.length}. At most ${MAX_IDS} are allowed.`);
  const malformed = ids.find((id) => normaliseGuid(id) === null);
  if (malformed !== undefined) return badRequest(request, `Invalid object identifier '${malformed}'.`);
  const wanted = new Set((types ?? ['directoryObject']).map((type) => type.toLowerCase()));
  const [view, select] = [request.caller.tenant.view(request.lagMs), readSelect(request.query)];
  const found = [...new Set(ids.map((id) => id.toLowerCase()))].flatMap((id) => findMember(view, id) ?? []);
  const value = found
    .filter((object) => wanted.has('directoryobject') || wanted.has('memberIds' in object ? 'group' : 'user'))
    .map((object) => projectMixed(request, object, select));
  return { status: 200, body: { '@odata.context': contextOf(request, 'directoryObjects', select), value } };
}
