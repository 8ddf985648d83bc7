import { z } from 'zod';
import { changeView } from '../../../changes/change-queries.js';
import { AppError } from '../../../kernel/app-error.js';
import { given } from '../../../kernel/given.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { change, changeKind, changeStats } from './operator-schemas.js';

const tag = 'Operator';
const path = '/operator/enterprises/{enterpriseId}/changes';

/** What Graph told of one enterprise's tenant and is not done yet. */
export const changeRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'operate', answer: listOf(change) },
    summary: 'Open and parked changes, the longest open first.',
    query: z.strictObject({ ...paging, parked: flag.optional(), kind: changeKind.optional() }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...rest } }) => {
      const tenantId = await tenantOf(services, params.enterpriseId);
      if (tenantId === null) return { items: [], next: null };
      const { rows, next } = await services.changes.list({ tenantId, ...given(rest), limit });
      return { items: rows.map(changeView), next };
    },
  }),
  route({
    method: 'get',
    path: `${path}/stats`,
    ...{ tag, need: 'operate', answer: changeStats },
    summary: 'The notifications of the tenant by what became of them.',
    errors: { 409: 'The enterprise is not connected.' },
    run: async ({ services, params }) => services.changes.stats(await connectedTenant(services, params.enterpriseId)),
  }),
  route({
    method: 'post',
    path: `${path}/retry`,
    ...{ tag, need: 'operate', answer: z.object({ retried: z.number().int() }) },
    summary: 'Opens parked changes again: one, those of a kind or a code, or all.',
    body: z.strictObject({
      id: z.string().min(1).max(300).optional(),
      kind: changeKind.optional(),
      code: z.string().max(100).optional(),
    }),
    run: async ({ services, params, body }) => {
      const tenantId = await connectedTenant(services, params.enterpriseId);
      return { retried: await services.changes.retry({ tenantId, ...given(body) }) };
    },
  }),
];

async function tenantOf({ integrations }: ApiServices, enterpriseId: string): Promise<string | null> {
  return (await integrations.getIntegration(enterpriseId)).tenantId;
}

async function connectedTenant(services: ApiServices, enterpriseId: string): Promise<string> {
  const tenantId = await tenantOf(services, enterpriseId);
  if (tenantId !== null) return tenantId;
  throw new AppError('not_connected', 'This enterprise is not connected to Microsoft Entra ID.', { status: 409 });
}
