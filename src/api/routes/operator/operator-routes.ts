import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../../../kernel/clock.js';
import { given } from '../../../kernel/given.js';
import { subscriptionView } from '../../../subscriptions/subscription-view.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import {
  changeStats,
  endpointReport,
  job,
  renewed,
  subscription,
  subscriptionKind,
  subscriptionState,
  tenant,
} from './operator-schemas.js';

const tag = 'Operator';

/** What ends within this time is renewed, as `ghs subscriptions renew` does it unless told. */
const DUE_WITHIN_MS = 7 * DAY_MS;
/** Longest time that a caller waits; what is renewed by then is kept, and the next call goes on. */
const RENEW_LIMIT_MS = MINUTE_MS;

/** What operators watch over all enterprises. */
export const operatorRoutes = [
  route({
    method: 'get',
    path: '/operator/tenants',
    ...{ tag, need: 'operate', answer: listOf(tenant) },
    summary: 'Every enterprise with how its connection stands, by name.',
    query: z.strictObject({ ...paging, text: z.string().max(100).optional().meta({ description: 'Part of a name.' }) }),
    run: async ({ services, query: { limit = LIST_LIMIT, after, text } }) => {
      const { rows, next } = await services.structure.enterprisePage({ limit, ...given({ after, text }) });
      const items = await Promise.all(
        rows.map(async ({ _id: enterpriseId, name }) => {
          return { ...(await services.integrationView(enterpriseId)), enterpriseId, name };
        }),
      );
      return { items, next };
    },
  }),
  route({
    method: 'get',
    path: '/operator/subscriptions',
    ...{ tag, need: 'operate', answer: listOf(subscription) },
    summary: 'Subscriptions at Graph, the next to end first.',
    query: z.strictObject({
      ...paging,
      tenantId: z.string().max(100).toLowerCase().optional(),
      kind: subscriptionKind.optional(),
      state: subscriptionState.optional(),
    }),
    run: async ({ services, query: { limit = LIST_LIMIT, ...rest } }) => {
      const { rows, next } = await services.subscriptions.page({ ...given(rest), limit });
      return { items: rows.map(subscriptionView), next };
    },
  }),
  route({
    method: 'post',
    path: '/operator/subscriptions/renew',
    ...{ tag, need: 'operate', answer: renewed, body: z.strictObject({ tenantId: z.guid('is no GUID') }) },
    summary: 'Renews the subscriptions of a tenant that end within a week.',
    run: async ({ services, body: { tenantId } }) => {
      const results = await services.renewDue({
        tenantId: tenantId.toLowerCase(),
        dueWithinMs: DUE_WITHIN_MS,
        signal: AbortSignal.timeout(RENEW_LIMIT_MS),
        onProgress: () => {},
      });
      const count = (wanted: string) => results.filter(({ outcome }) => outcome === wanted).length;
      const messages = [
        ...new Set(results.flatMap(({ outcome, message }) => (outcome === 'failed' ? (message ?? []) : []))),
      ];
      return {
        ...{ renewed: count('renewed'), recreated: count('recreated') },
        ...{ left: count('left'), failed: count('failed'), messages },
      };
    },
  }),
  route({
    method: 'get',
    path: '/operator/changes',
    ...{ tag, need: 'operate', answer: changeStats },
    summary: 'The notifications of all tenants by what became of them.',
    run: ({ services }) => services.changes.stats(),
  }),
  route({
    method: 'get',
    path: '/operator/jobs',
    ...{ tag, need: 'operate', answer: listOf(job) },
    summary: 'What runs on a schedule, with the last and the next time.',
    run: async ({ services }) => ({ items: await services.jobStates(), next: null }),
  }),
  route({
    method: 'get',
    path: '/operator/answers',
    ...{ tag, need: 'operate', answer: listOf(endpointReport) },
    summary: 'How fast each process answered Graph in the last ten minutes.',
    run: async ({ services }) => {
      const reports = await services.endpointReports();
      return { items: reports.map(({ _id: process, ...report }) => ({ process, ...report })), next: null };
    },
  }),
];
