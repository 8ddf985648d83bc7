import { type ClientStateKind, makeClientState } from '../../../src/kernel/signed/client-state.js';

export const secrets = ['a-secret-for-tests-of-32-characters-or-more'];
export const tenantA = 'aaaaaaaa-0000-4000-8000-000000000001';
export const tenantB = 'bbbbbbbb-0000-4000-8000-000000000002';
export const anna = 'aaaaaaaa-1111-4000-8000-000000000001';
export const bert = 'bbbbbbbb-1111-4000-8000-000000000002';
export const nurses = 'cccccccc-2222-4000-8000-000000000001';
export const subscription = 'dddddddd-3333-4000-8000-000000000001';

export function aClientState(kind: ClientStateKind, resourceId: string | null = null, tenantId = tenantA): string {
  return makeClientState({ secrets, tenantId, kind, resourceId, nonce: 'nonce-12' });
}

/** A notification that a person changed, as Graph sends it. */
export function aUserItem(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    subscriptionId: subscription,
    subscriptionExpirationDateTime: '2026-12-20T09:00:00.0000000Z',
    changeType: 'updated',
    tenantId: tenantA,
    clientState: aClientState('u'),
    resource: `Users/${anna}`,
    resourceData: { '@odata.type': '#Microsoft.Graph.User', '@odata.id': `Users/${anna}`, id: anna },
    ...changes,
  };
}

/** A notification that a group changed; `members` becomes its `members@delta`. */
export function aGroupItem(members?: unknown, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const hint = members === undefined ? {} : { 'members@delta': members };
  const resourceData = { '@odata.type': '#Microsoft.Graph.Group', id: nurses, ...hint };
  return aUserItem({ clientState: aClientState('g'), resource: `Groups/${nurses}`, resourceData, ...changes });
}

/** A notification that an event in Anna's calendar changed. */
export function anEventItem(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return aUserItem({
    clientState: aClientState('e', anna),
    resource: `Users/${anna}/Events/AAMkAGI=`,
    resourceData: { '@odata.type': '#Microsoft.Graph.Event', '@odata.etag': 'W/"x"', id: 'AAMkAGI=' },
    ...changes,
  });
}

/** A lifecycle event of a subscription for users. */
export function aLifecycleItem(lifecycleEvent: unknown = 'reauthorizationRequired'): Record<string, unknown> {
  return {
    subscriptionId: subscription,
    subscriptionExpirationDateTime: '2026-12-20T09:00:00.0000000Z',
    tenantId: tenantA,
    clientState: aClientState('u'),
    lifecycleEvent,
  };
}
