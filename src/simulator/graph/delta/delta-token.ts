import { z } from 'zod';
import type { GraphRequest, GraphResponse, World } from '../../world/types.js';
import { badRequest } from '../find-object.js';
import { graphError } from '../graph-error.js';
import type { ObjectKind } from '../odata/object-kind.js';
import { openToken, sealToken, tokenSecret } from '../odata/opaque-token.js';

const roundSchema = z.object({
  tenant: z.string(),
  set: z.enum(['users', 'groups']),
  /** The first call's $select and $filter, frozen for all rounds that follow. */
  select: z.array(z.string()).nullable(),
  ids: z.array(z.string()).nullable(),
  /** Commits after `from` up to `to` are what the round tells; null: it tells everything. */
  from: z.number().nullable(),
  to: z.number(),
  /** Place of the last object that is done, and of the last member sent of the one that is not. */
  place: z.number(),
  member: z.string().nullable(),
  /** The page before was empty. */
  rested: z.boolean(),
  /** `Prefer: return=minimal`, asked for at the start of the round. */
  minimal: z.boolean(),
  issuedAtMs: z.number(),
});

/** A delta round as its links carry it: everything needed to go on. */
export type DeltaRound = z.infer<typeof roundSchema>;

/** Reads the round out of a link's token; refuses expired ones in the way the world's switch says. */
export function openRound(
  world: World,
  request: GraphRequest,
  asked: { kind: ObjectKind; token: string },
): DeltaRound | GraphResponse {
  const { kind, token } = asked;
  const round = openToken(tokenSecret(world.seed), token, roundSchema);
  if (round === null || round.tenant !== request.caller.tenant.id || round.set !== kind.set) {
    return badRequest(request, 'Badly formed token.');
  }
  if (world.clock.nowMs() - round.issuedAtMs < world.switches.delta.tokenLifetimeMs) return round;
  return expired(world, request, round);
}

/** The absolute link of a page: to the next page of the round, or to the next round. */
export function roundLink(
  world: World,
  request: GraphRequest,
  link: { to: 'page' | 'round'; round: DeltaRound },
): string {
  const token = sealToken(tokenSecret(world.seed), { ...link.round, issuedAtMs: world.clock.nowMs() });
  return `${request.root}/${link.round.set}/delta?${link.to === 'page' ? '$skiptoken' : '$deltatoken'}=${token}`;
}

function expired(world: World, request: GraphRequest, round: DeltaRound): GraphResponse {
  const text = 'The delta token is older than the service keeps changes; start again with a full synchronisation.';
  const { expiredDeltaToken } = world.switches;
  if (expiredDeltaToken === 'bad_request') return graphError({ status: 400, code: 'syncStateNotFound' }, text, request);
  if (expiredDeltaToken === 'unsupported')
    return graphError({ status: 400, code: 'Request_UnsupportedQuery' }, 'This delta link is too old.', request);
  const select = round.select === null ? '' : `$select=${round.select.map(encodeURIComponent).join(',')}&`;
  const location = `${request.root}/${round.set}/delta?${select}$deltatoken=`;
  return { ...graphError({ status: 410, code: 'resyncRequired' }, text, request), headers: { location } };
}
