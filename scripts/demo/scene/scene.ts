import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import type { UserRow } from '../../../src/records/types.js';
import { waitUntil } from '../../stage/wait-until.js';
import type { Stage } from '../start-stage.js';
import type { ConnectedTenant } from './connect-tenant.js';
import { type Control, createControl } from './control.js';
import type { Place } from './set-up.js';

/** Longest for a change to arrive: a demo is watched by somebody. */
const SEEN_WITHIN_MS = 10 * SECOND_MS;

/** A tenant that is connected and set up, and hands to move it. */
export interface Scene extends ConnectedTenant, Place {
  readonly stage: Stage;
  readonly control: Control;
  /** Path of the tenant at the control. */
  readonly at: string;
  /** GetHomeSafe's record of somebody in Entra, or null. */
  recordOf(objectId: string): Promise<UserRow | null>;
  /** Waits until the record is as wanted; answers it and the ms since `sinceMs`. */
  seen(
    objectId: string,
    wanted: (record: UserRow) => boolean,
    about: { for: string; sinceMs: number; limitMs?: number },
  ): Promise<{ record: UserRow; tookMs: number }>;
  /** A new account in Entra that is in no group. */
  newcomer(name: string, extra?: object): Promise<Newcomer>;
}

export interface Newcomer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export function createScene(stage: Stage, tenant: ConnectedTenant, place: Place): Scene {
  const { services, signal, simulator } = stage;
  const control = createControl(simulator.control, signal);
  const at = `/tenants/${tenant.tenantId}`;
  const domain = simulator.world.tenants.get(tenant.tenantId)?.domain ?? '';
  const recordOf = (objectId: string) => services.people.findOrNull(tenant.enterpriseId, objectId);
  return { ...tenant, ...place, stage, control, at, recordOf, seen, newcomer };

  async function seen(
    objectId: string,
    wanted: (record: UserRow) => boolean,
    { for: what, sinceMs, limitMs = SEEN_WITHIN_MS }: { for: string; sinceMs: number; limitMs?: number },
  ): Promise<{ record: UserRow; tookMs: number }> {
    const look = async () => {
      const record = await recordOf(objectId);
      return record !== null && wanted(record) ? record : null;
    };
    const record = await waitUntil(look, { for: what, limitMs, signal });
    return { record, tookMs: systemClock.nowMs() - sinceMs };
  }

  async function newcomer(name: string, extra: object = {}): Promise<Newcomer> {
    const [givenName = name, surname = 'Demo'] = name.split(' ');
    const email = `${givenName}.${surname}`.toLowerCase().concat(`@${domain}`);
    const about = { displayName: name, givenName, surname, mail: email, userPrincipalName: email };
    const attributes = { mobilePhone: '022 518 9900', country: 'New Zealand', usageLocation: 'NZ', userType: 'Member' };
    const { id } = await control.change('POST', `${at}/users`, {
      ...about,
      ...attributes,
      accountEnabled: true,
      ...extra,
    });
    return { id, name, email };
  }
}

/** Whether the person is in the team. */
export function isIn(teamId: string): (record: UserRow) => boolean {
  return ({ memberships }) => memberships.some((membership) => membership.teamId === teamId);
}

/** Fails a step with words. */
export function insist(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new AppError('not_as_promised', otherwise);
}
