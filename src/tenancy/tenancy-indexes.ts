import type { IndexDefinition } from '../store/indexes.js';
import { CONNECT_ATTEMPTS, ENTERPRISES, INTEGRATIONS, ORGANISATIONS, SETTINGS_CHANGES, TEAMS } from './types.js';

/** How long a connect attempt is kept after its end, for whoever looks into it; the audit log stays. */
const ATTEMPTS_KEPT_SECONDS = 24 * 60 * 60;

const named = { unique: true, partialFilterExpression: { nameKey: { $type: 'string' } } };

/** The indexes of tenancy, for `ensureIndexes`. */
export const TENANCY_INDEXES: readonly IndexDefinition[] = [
  {
    collection: ENTERPRISES,
    name: 'enterprise_name',
    keys: { nameKey: 1 },
    options: named,
    serves: 'no two enterprises of one name',
  },
  {
    collection: ORGANISATIONS,
    name: 'organisation_name',
    keys: { enterpriseId: 1, nameKey: 1 },
    options: named,
    serves: 'no two organisations of one name in an enterprise',
  },
  {
    collection: ORGANISATIONS,
    name: 'organisation_enterprise',
    keys: { enterpriseId: 1 },
    serves: 'the organisations of an enterprise',
  },
  {
    collection: TEAMS,
    name: 'team_name',
    keys: { organisationId: 1, nameKey: 1 },
    options: named,
    serves: 'no two teams of one name in an organisation',
  },
  { collection: TEAMS, name: 'team_enterprise', keys: { enterpriseId: 1 }, serves: 'the teams of an enterprise' },
  {
    collection: INTEGRATIONS,
    name: 'integration_tenant',
    keys: { tenantId: 1 },
    options: { unique: true, partialFilterExpression: { tenantId: { $type: 'string' } } },
    serves: 'one enterprise for each Entra tenant; the integration of a tenant',
  },
  {
    collection: INTEGRATIONS,
    name: 'integration_due',
    keys: { nextSyncAt: 1 },
    options: { partialFilterExpression: { nextSyncAt: { $type: 'date' } } },
    serves: 'integrations whose scheduled run is due',
  },
  {
    collection: INTEGRATIONS,
    name: 'integration_activities_end',
    keys: { 'activitiesEnd.at': 1 },
    options: { partialFilterExpression: { 'activitiesEnd.at': { $type: 'date' } } },
    serves: 'whose activities from calendars are still to be cancelled after a disconnection',
  },
  {
    collection: SETTINGS_CHANGES,
    name: 'settings_change_enterprise',
    keys: { enterpriseId: 1, at: -1 },
    serves: 'the audit log of an enterprise, newest first',
  },
  {
    collection: CONNECT_ATTEMPTS,
    name: 'connect_ticket',
    keys: { ticketHash: 1 },
    options: { unique: true },
    serves: 'the attempt that a ticket opens',
  },
  {
    collection: CONNECT_ATTEMPTS,
    name: 'connect_expiry',
    keys: { expiresAt: 1 },
    options: { expireAfterSeconds: ATTEMPTS_KEPT_SECONDS },
    serves: 'old attempts go by themselves',
  },
];
