import { makeClientState } from '../../../src/kernel/signed/client-state.js';

/** What the benchmark's servers sign and verify with. */
export const BENCH_SECRETS: readonly string[] = ['a-secret-for-benchmarks-only-32-characters'];

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const subscriptionId = 'dddddddd-3333-4000-8000-000000000001';
const clientState = makeClientState({
  secrets: BENCH_SECRETS,
  tenantId,
  kind: 'u',
  resourceId: null,
  nonce: 'bench-01',
});

/** What a usual receiver compares the clientState with. */
export const BENCH_CLIENT_STATE = clientState;

/** A POST as Graph sends it: one notification for each of the given people, told by their number. */
export function bodyFor(people: readonly number[]): string {
  return JSON.stringify({ value: people.map(itemFor) });
}

function itemFor(person: number) {
  const id = `eeeeeeee-0000-4000-8000-${String(person).padStart(12, '0')}`;
  return {
    changeType: 'updated',
    clientState,
    resource: `Users/${id}`,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.User',
      '@odata.id': `Users/${id}`,
      id,
      organizationId: tenantId,
      sequenceNumber: '638999999999999999',
    },
    subscriptionExpirationDateTime: '2026-12-20T09:00:00.0000000+00:00',
    subscriptionId,
    tenantId,
  };
}
