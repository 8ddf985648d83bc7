import { normaliseGuid } from '../../../kernel/guid.js';
import type { GraphRequest, GraphResponse, GraphRoute, World } from '../../world/types.js';
import { badRequest } from '../find-object.js';
import { refuseOptions } from '../odata/list-options.js';
import { GROUP_KIND, type ObjectKind, USER_KIND } from '../odata/object-kind.js';
import { readSelect } from '../odata/select.js';
import { deltaPage, endOfRound } from './delta-page.js';
import { type DeltaRound, openRound } from './delta-token.js';

const SUPPORTED = new Set(['$select', '$filter', '$deltatoken', '$skiptoken']);

/** Objects a delta query can be narrowed to (Microsoft Graph documentation, user: delta). */
const MAX_FILTERED_IDS = 50;

/** Change tracking of users and groups. */
export function deltaRoutes(world: World): readonly GraphRoute[] {
  return [USER_KIND, GROUP_KIND].map((kind) => ({
    method: 'GET',
    pattern: new RegExp(`^/${kind.set}/(?:microsoft\\.graph\\.)?delta(?:\\(\\))?$`, 'i'),
    resourceUnits: 1,
    anyRoleOf: kind.readRoles,
    handle: (request) => answer(world, request, kind),
  }));
}

function answer(world: World, request: GraphRequest, kind: ObjectKind): GraphResponse {
  const refused = refuseOptions(request, SUPPORTED);
  if (refused !== null) return refused;
  const [page, since] = [request.query.get('$skiptoken'), request.query.get('$deltatoken')];
  if (page !== null) {
    const round = openRound(world, request, { kind, token: page });
    return 'status' in round ? round : deltaPage(world, request, round);
  }
  if (since === null || since === '' || since.toLowerCase() === 'latest') return begin(world, request, kind);
  const round = openRound(world, request, { kind, token: since });
  if ('status' in round) return round;
  const minimal = /\breturn=minimal\b/i.test(request.headers['prefer'] ?? '');
  const to = Math.max(round.to, request.caller.tenant.view(request.lagMs).sequence);
  return deltaPage(world, request, { ...round, to, minimal });
}

function begin(world: World, request: GraphRequest, kind: ObjectKind): GraphResponse {
  const ids = readIds(request.query.get('$filter'));
  if (ids === 'unsupported')
    return badRequest(request, "Only 'id eq ...' joined with 'or' is supported in $filter here.");
  if (ids !== null && ids.length > MAX_FILTERED_IDS) {
    return badRequest(request, `$filter names ${ids.length} objects; at most ${MAX_FILTERED_IDS} are supported.`);
  }
  const { tenant } = request.caller;
  const select = readSelect(request.query);
  const to = tenant.view(request.lagMs).sequence;
  const round: DeltaRound = {
    ...{ tenant: tenant.id, set: kind.set, select: select === null ? null : [...select], ids, from: null, to },
    ...{ place: -1, member: null, rested: false, minimal: false, issuedAtMs: world.clock.nowMs() },
  };
  const latest = request.query.get('$deltatoken')?.toLowerCase() === 'latest';
  return latest ? endOfRound(world, request, { round, value: [] }) : deltaPage(world, request, round);
}

function readIds(filter: string | null): string[] | null | 'unsupported' {
  if (filter === null) return null;
  const ids: string[] = [];
  for (const clause of filter.split(/\s+or\s+/i)) {
    const id = normaliseGuid(/^\s*\(?id eq '([^']*)'\)?\s*$/i.exec(clause)?.[1] ?? '');
    if (id === null) return 'unsupported';
    ids.push(id);
  }
  return ids;
}
