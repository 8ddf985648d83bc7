import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { route } from '../frame/route.js';
import { instant } from '../frame/schemas.js';
import { integration, settingsPatch } from './integration-schemas.js';

const tag = 'Integration';
const path = '/enterprises/{enterpriseId}/integration';

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
      const revision = ifMatch === undefined ? undefined : revisionOf(ifMatch);
      const by = { by: principal.who, ...(revision === undefined ? {} : { revision }) };
      await services.settings.setSettings(params.enterpriseId, defined(body), by).catch(asPrecondition);
      return services.integrationView(params.enterpriseId);
    },
  }),
  route({
    method: 'post',
    path: `${path}/connect`,
    ...{ tag, need: 'change' },
    summary: "Enters the Tenant GUID and answers the address at which the tenant's administrator signs in to prove it.",
    body: z.strictObject({ tenantGuid: z.string(), changeTenant: z.boolean().optional() }),
    answer: z.object({ url: z.string(), tenantId: z.string(), expiresAt: instant }),
    run: async ({ services, principal, params, body }) => {
      const { tenantGuid: tenantText, changeTenant = false } = body;
      const wanted = { tenantText, by: principal.who, changeTenant };
      return services.connect.begin(params.enterpriseId, wanted).catch(asField({ tenant: 'tenantGuid' }));
    },
  }),
  ...(['pause', 'resume', 'disconnect'] as const).map((act) =>
    route({
      method: 'post',
      path: `${path}/${act}`,
      ...{ tag, need: 'change', answer: integration },
      summary: {
        pause: 'Stops reading and writing until resumed.',
        resume: 'Goes on after a pause.',
        disconnect: 'Ends the connection; people, teams, mappings and history stay.',
      }[act],
      run: async ({ services, principal, params }) => {
        await services.integrations[act](params.enterpriseId, principal.who);
        return services.integrationView(params.enterpriseId);
      },
    }),
  ),
];

function revisionOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid_input', 'If-Match is no version: give the ETag of the settings.', { field: 'If-Match' });
}

/** What was checked against `If-Match` fails as HTTP says. */
function asPrecondition(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'changed_meanwhile') throw error;
  throw new AppError(error.code, error.message, { status: 412, cause: error });
}

/** An error names the field as the caller of this API knows it. */
function asField(names: Readonly<Record<string, string>>) {
  return (error: unknown): never => {
    const field = error instanceof AppError && error.field !== undefined ? names[error.field] : undefined;
    if (!(error instanceof AppError) || field === undefined) throw error;
    throw new AppError(error.code, error.message, { status: error.status, field, cause: error });
  };
}

/** Without what is there but undefined. */
function defined<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}
