import { z } from 'zod';
import { nextInstants } from '../../projection/schedule.js';
import { explained } from '../../reconciliation/doctor/explained.js';
import { PERMISSIONS } from '../../reconciliation/doctor/permissions.js';
import { runView } from '../../reconciliation/history/run-view.js';
import type { RunRow } from '../../reconciliation/types.js';
import { route } from '../frame/route.js';
import { asField } from '../frame/settings-change.js';
import {
  checkedConnection,
  consent,
  examination,
  schedulePreview,
  scheduleQuery,
  syncState,
  tenantChange,
} from './connection-schemas.js';
import { TENANT_FIELDS } from './integration-routes.js';

const tag = 'Integration';
const path = '/enterprises/{enterpriseId}/integration';
/** Instants of a schedule that are shown unless told. */
const PREVIEWED = 5;

/** What the page asks about the connection, the schedule and the sync beside its settings. */
export const connectionRoutes = [
  route({
    method: 'get',
    path: `${path}/consent`,
    ...{ tag, need: 'read', answer: consent },
    summary: 'The permissions that GetHomeSafe asks a tenant for, and where its administrator approves them.',
    run: async ({ services, params: { enterpriseId } }) => {
      const { tenantId, proof } = await services.integrations.getIntegration(enterpriseId);
      const isProved = tenantId !== null && proof !== null;
      return { permissions: [...PERMISSIONS], url: isProved ? await services.connect.consentUrl(enterpriseId) : null };
    },
  }),
  route({
    method: 'post',
    path: `${path}/check`,
    ...{ tag, need: 'change', answer: checkedConnection },
    summary: 'Check again: asks Microsoft whether the tenant lets us read it, and moves the connection accordingly.',
    errors: { 409: 'Nobody has proved the tenant yet.' },
    run: async ({ services, principal, params: { enterpriseId }, signal }) => {
      const { probe } = await services.proofs.check(enterpriseId, principal.who, signal);
      const integration = await services.integrationView(enterpriseId);
      return { integration, admitted: probe.outcome === 'consented', obstacle: 'code' in probe ? probe : null };
    },
  }),
  route({
    method: 'get',
    path: `${path}/tenant-change`,
    ...{ tag, need: 'read' },
    summary: 'What entering this Tenant GUID would end, to be told before it is done; null: nothing.',
    query: z.strictObject({ tenantGuid: z.string() }),
    answer: z.object({ change: tenantChange.nullable() }),
    run: async ({ services: { integrations, leaveTenant }, params: { enterpriseId }, query }) => {
      const change = await integrations.tenantChange(enterpriseId, query.tenantGuid).catch(asField(TENANT_FIELDS));
      return { change: change && { ...change, calendarActivities: await leaveTenant.toCancel(enterpriseId) } };
    },
  }),
  route({
    method: 'get',
    path: `${path}/schedule`,
    ...{ tag, need: 'read', query: scheduleQuery, answer: schedulePreview },
    summary: 'When syncs would run by themselves with this schedule.',
    run: async ({ services, query: { dayOfWeek = 0, dayOfMonth = 1, count = PREVIEWED, ...rest } }) => ({
      runs: nextInstants({ ...rest, dayOfWeek, dayOfMonth }, services.clock.now(), count),
    }),
  }),
  route({
    method: 'get',
    path: `${path}/sync`,
    ...{ tag, need: 'read', answer: syncState },
    summary: 'Whether Sync Now can start, what is under way, and how the last sync ended.',
    run: async ({ services, params: { enterpriseId } }) => {
      const standing = await services.syncStanding(enterpriseId);
      return { ...standing, open: viewed(standing.open), last: viewed(standing.last) };
    },
  }),
  route({
    method: 'post',
    path: `${path}/doctor`,
    ...{ tag, need: 'change', answer: examination },
    summary: 'Connection doctor: tries tenant, consent, each permission, mailboxes and our own address now.',
    run: async ({ services: { doctor, clock }, params: { enterpriseId }, signal }) => {
      const checks = (await doctor.examine({ enterpriseId: async () => enterpriseId, signal })).map(explained);
      return { at: clock.now(), ok: checks.every(({ ok }) => ok), checks };
    },
  }),
];

function viewed(row: RunRow | null) {
  return row && runView(row);
}
