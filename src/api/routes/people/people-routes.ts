import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging, reason } from '../../frame/schemas.js';
import { undone } from '../history/history-schemas.js';
import { undoneView } from '../history/run-history-routes.js';
import {
  activity,
  NOTHING_IS_READ,
  person,
  personItem,
  personStatus,
  personWhy,
  undoneWrite,
  undoPreview,
} from './people-schemas.js';

const tag = 'People';
const path = '/enterprises/{enterpriseId}/people';
const one = `${path}/{person}` as const;
const ACTIVITIES_SHOWN = 50;

const because = z.strictObject({ reason });
const search = z.string().trim().min(1).max(200).optional();

/** GetHomeSafe's people, one by one. `{person}` is an id, an object id or an e-mail address. */
export const peopleRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read' },
    summary: 'People in the order in which they were added.',
    query: z.strictObject({
      text: search.meta({ description: 'Beginnings of words of a name or address, or an id.' }),
      status: personStatus.optional(),
      team: z.string().optional(),
      organisation: z.string().optional(),
      source: z.enum(['entra', 'other']).optional(),
      ...paging,
    }),
    answer: listOf(personItem),
    run: ({ services, params, query }) => {
      const { team: teamId, organisation: organisationId, limit = LIST_LIMIT, ...rest } = query;
      return services.people.list(params.enterpriseId, { ...given({ ...rest, teamId, organisationId }), limit });
    },
  }),
  route({
    method: 'get',
    ...{ path: one, tag, need: 'read', answer: person },
    summary: 'A person in full.',
    run: ({ services, params }) => services.personViews.show(params),
  }),
  route({
    method: 'get',
    path: `${one}/why`,
    ...{ tag, need: 'read', answer: personWhy },
    summary: 'Why a person is as they are: scope, Entra groups, mappings, fields, problems, decisions, writes.',
    run: ({ services, params }) => services.explainPerson(params),
  }),
  route({
    method: 'get',
    path: `${one}/activities`,
    ...{ tag, need: 'read', answer: listOf(activity) },
    summary: 'What a person has planned, or under way, in the order of its start.',
    run: async ({ services, params: { enterpriseId, person: who } }) => {
      const wanted = { person: who, toComeAt: services.clock.now(), limit: ACTIVITIES_SHOWN };
      return { items: await services.activities.list(enterpriseId, wanted), next: null };
    },
  }),
  route({
    method: 'post',
    path: `${one}/sync`,
    ...{ tag, need: 'change', status: 202 },
    summary: 'Has one person read from Entra and put in step soon.',
    errors: NOTHING_IS_READ,
    answer: z.object({ id: z.string().nullable(), objectId: z.string(), noted: z.boolean() }),
    run: ({ services, principal, params }) => services.readAgain.person(params, { who: principal.who }),
  }),
  route({
    method: 'get',
    path: `${one}/undo`,
    ...{ tag, need: 'read', answer: undoPreview },
    summary: 'What undoing the newest write of the sync about a person would do.',
    run: ({ services, params }) => services.undo.previewPerson(params),
  }),
  route({
    method: 'post',
    path: `${one}/undo`,
    ...{ tag, need: 'change', body: because.extend({ write: undoneWrite.optional() }), answer: undone },
    summary: 'Undoes the newest write of the sync about a person; what Entra says is declined until it changes.',
    run: async ({ services, principal, params, body }) => {
      const by = { who: principal.who, reason: body.reason ?? null };
      const { enterpriseId } = params;
      const { tenantId } = await services.integrations.getIntegration(enterpriseId);
      const result = await services.undo.person(params, { write: body.write }, by);
      return undoneView(services, { enterpriseId, tenantId: tenantId ?? '' }, result);
    },
  }),
  ...(['archive', 'restore'] as const).map((act) =>
    route({
      method: 'post',
      path: `${one}/${act}`,
      ...{ tag, need: 'change', body: because, answer: person },
      summary: {
        archive: 'Archives a person, whose address is free for others then; activities to come are cancelled.',
        restore: 'Takes a person back out of the archive.',
      }[act],
      run: async ({ services, principal, params, body }) => {
        const by = { who: principal.who, reason: body.reason ?? null };
        return services.personViews.of(await services.people[act](params, by));
      },
    }),
  ),
];
