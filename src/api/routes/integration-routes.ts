import { z } from 'zod';
import { given } from '../../kernel/given.js';
import { route } from '../frame/route.js';
import { instant } from '../frame/schemas.js';
import { asField, changeSettings } from '../frame/settings-change.js';
import { integration, settingsPatch } from './integration-schemas.js';

const tag = 'Integration';
const path = '/enterprises/{enterpriseId}/integration';

/** The Tenant GUID under the names that the services have for it. */
export const TENANT_FIELDS = { tenantId: 'tenantGuid', tenant: 'tenantGuid' };

const calendarActivities = z
  .enum(['keep', 'cancel'], { error: 'is keep or cancel' })
  .optional()
  .meta({ description: 'Of activities from calendars that have not begun; kept where it is left out.' });

/** The connection itself, and Team Sync Settings. */
export const integrationRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: integration },
    summary: 'How the connection to Microsoft Entra ID stands, with its settings.',
    etag: ({ revision }) => String(revision),
    run: ({ services, params }) => services.integrationView(params.enterpriseId),
  }),
  route({
    method: 'patch',
    ...{ path, tag, need: 'change', body: settingsPatch, answer: integration },
    summary: 'Changes settings; they apply with the next sync.',
    etag: ({ revision }) => String(revision),
    errors: { 412: 'Somebody else changed the settings since the version of If-Match.' },
    run: async ({ services, principal, params, body, ifMatch }) => {
      await changeSettings(services, { ...params, principal, ifMatch }, given(body));
      return services.integrationView(params.enterpriseId);
    },
  }),
  route({
    method: 'post',
    path: `${path}/connect`,
    ...{ tag, need: 'change', secret: true },
    summary: "Enters the Tenant GUID and answers the address at which the tenant's administrator signs in to prove it.",
    body: z.strictObject({ tenantGuid: z.string(), changeTenant: z.boolean().optional(), calendarActivities }),
    answer: z.object({ url: z.string(), tenantId: z.string(), expiresAt: instant }),
    run: async ({ services, principal, params: { enterpriseId }, body }) => {
      const { tenantGuid: tenantText, ...rest } = body;
      const wanted = { tenantText, by: principal.who, ...given(rest) };
      const ticket = await services.connect.begin(enterpriseId, wanted).catch(asField(TENANT_FIELDS));
      await services.leaveTenant.goOn(enterpriseId);
      return ticket;
    },
  }),
  route({
    method: 'get',
    path: `${path}/disconnect`,
    ...{ tag, need: 'read', answer: z.object({ calendarActivities: z.number().int() }) },
    summary: 'How many activities from calendars have not begun: what disconnecting can cancel.',
    run: async ({ services, params }) => ({
      calendarActivities: await services.leaveTenant.toCancel(params.enterpriseId),
    }),
  }),
  route({
    method: 'post',
    path: `${path}/disconnect`,
    ...{ tag, need: 'change', answer: integration },
    summary: 'Ends the connection; people, teams, mappings and history stay.',
    body: z.strictObject({ calendarActivities }),
    run: async ({ services, principal, params, body }) => {
      await services.leaveTenant.disconnect(params.enterpriseId, { by: principal.who, ...body });
      return services.integrationView(params.enterpriseId);
    },
  }),
  ...(['pause', 'resume'] as const).map((act) =>
    route({
      method: 'post',
      path: `${path}/${act}`,
      ...{ tag, need: 'change', answer: integration },
      summary: {
        pause: 'Stops reading and writing until resumed.',
        resume: 'Goes on after a pause.',
      }[act],
      run: async ({ services, principal, params }) => {
        await services.integrations[act](params.enterpriseId, principal.who);
        return services.integrationView(params.enterpriseId);
      },
    }),
  ),
];
