import { type LifecycleEvent, MEMBER_HINTS_KEPT, type Note } from '../changes/types.js';
import { isGuid } from '../kernel/guid.js';
import { type ClientStateClaims, verifyClientState } from '../kernel/signed/client-state.js';
import { parseResourcePath } from './resource-path.js';

/** Why an item is not stored: its shape, its clientState, or a resource that its clientState does not speak for. */
export type Refusal = 'malformed' | 'forged' | 'mismatched';
export type Judged = { readonly outcome: 'accepted'; readonly note: Note } | { readonly outcome: Refusal };

/** Judges the items of one POST by themselves, without asking anything anywhere. */
export type Judge = (item: unknown) => Judged;

const MALFORMED: Judged = { outcome: 'malformed' };
const FORGED: Judged = { outcome: 'forged' };
const MISMATCHED: Judged = { outcome: 'mismatched' };

type Fields = Readonly<Record<string, unknown>>;

/** A judge for one POST: its items mostly share a clientState, which is then verified once. */
export function createJudge(deps: { secrets: readonly string[]; traceId: string }): Judge {
  const verified = new Map<string, ClientStateClaims | null>();

  return (item) => {
    if (!isFields(item)) return MALFORMED;
    const tenantId = guidIn(item['tenantId']);
    if (tenantId === null) return MALFORMED;
    const claims = verify(item['clientState'], tenantId);
    if (claims === null) return FORGED;
    return judgeAuthentic(item, { claims, tenantId, traceId: deps.traceId });
  };

  function verify(clientState: unknown, tenantId: string): ClientStateClaims | null {
    if (typeof clientState !== 'string') return null;
    const key = `${tenantId} ${clientState}`;
    const known = verified.get(key);
    if (known !== undefined) return known;
    const claims = verifyClientState({ secrets: deps.secrets, clientState, tenantId });
    verified.set(key, claims);
    return claims;
  }
}

interface Authentic {
  readonly claims: ClientStateClaims;
  readonly tenantId: string;
  readonly traceId: string;
}

function judgeAuthentic(item: Fields, authentic: Authentic): Judged {
  const { claims, tenantId, traceId } = authentic;
  const named = objectInResource(item['resource'], authentic);
  if (named === 'mismatched') return MISMATCHED;
  const subscriptionId = guidIn(item['subscriptionId']);
  const note = { tenantId, via: 'notification', notified: 1, traceId } as const;

  const lifecycle = item['lifecycleEvent'];
  if (lifecycle !== undefined && lifecycle !== null) {
    if (typeof lifecycle !== 'string' || subscriptionId === null) return MALFORMED;
    const told = { lifecycle: lifecycleEventOf(lifecycle), subscriptionId };
    return { outcome: 'accepted', note: { ...note, ...told, kind: 'subscription', objectId: subscriptionId } };
  }

  const origin = subscriptionId === null ? note : { ...note, subscriptionId };
  if (claims.kind === 'e') {
    // The event itself is not noted: a notified mailbox is read as a whole window (law L16).
    if (claims.resourceId === null) return MISMATCHED;
    return { outcome: 'accepted', note: { ...origin, kind: 'events', objectId: claims.resourceId } };
  }

  const data = isFields(item['resourceData']) ? item['resourceData'] : {};
  const objectId = sameObject(named, data['id'], claims.resourceId);
  if (objectId === 'mismatched') return MISMATCHED;
  if (objectId === null) return MALFORMED;
  const removed = item['changeType'] === 'deleted' ? ({ removed: true } as const) : {};
  if (claims.kind === 'u') return { outcome: 'accepted', note: { ...origin, ...removed, kind: 'user', objectId } };
  const memberIds = membersIn(data['members@delta']);
  const hints = memberIds === null ? {} : { memberIds };
  return { outcome: 'accepted', note: { ...origin, ...removed, ...hints, kind: 'group', objectId } };
}

/** The object that `resource` names; null where it is absent or names a collection. */
function objectInResource(resource: unknown, { claims, tenantId }: Authentic): string | null | 'mismatched' {
  if (resource === undefined || resource === null) return null;
  const path = typeof resource === 'string' ? parseResourcePath(resource) : null;
  if (path === null || path.kind !== claims.kind) return 'mismatched';
  if (path.tenantId !== null && path.tenantId !== tenantId) return 'mismatched';
  if (path.objectId !== null && claims.resourceId !== null && path.objectId !== claims.resourceId) return 'mismatched';
  return path.objectId;
}

/** The one object that the path, the data and the clientState agree on; null where none of path and data names one. */
function sameObject(inPath: string | null, inData: unknown, inClaims: string | null): string | null | 'mismatched' {
  const dataId = inData === undefined || inData === null ? null : guidIn(inData);
  if (dataId === null && inData !== undefined && inData !== null) return 'mismatched';
  if (inPath !== null && dataId !== null && inPath !== dataId) return 'mismatched';
  const objectId = inPath ?? dataId;
  return objectId !== null && inClaims !== null && objectId !== inClaims ? 'mismatched' : objectId;
}

/**
 * Members named by a group notification, added and removed alike (`@removed` is a string here and an object in delta
 * answers: both only name the person). Null where there is no hint, or one that cannot be understood as a whole: then
 * delta must name the members.
 */
function membersIn(delta: unknown): readonly string[] | null {
  if (!Array.isArray(delta) || delta.length === 0) return null;
  const ids: string[] = [];
  for (const member of delta) {
    const id = isFields(member) ? guidIn(member['id']) : null;
    if (id === null) return null;
    if (ids.length <= MEMBER_HINTS_KEPT) ids.push(id);
  }
  return ids;
}

function lifecycleEventOf(name: string): LifecycleEvent {
  switch (name) {
    case 'reauthorizationRequired':
    case 'subscriptionRemoved':
    case 'missed':
      return name;
    default:
      return 'unknown';
  }
}

function guidIn(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const id = value.toLowerCase();
  return isGuid(id) ? id : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
