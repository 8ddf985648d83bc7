import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { NOTICE_KINDS } from '../../../notices/types.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { asField, asPrecondition, revisionOf } from '../../frame/settings-change.js';
import { notice, noticeSettings, noticeSettingsPatch, tried } from './notice-schemas.js';

const tag = 'Notices';
const path = '/enterprises/{enterpriseId}/notices';
const errors = { 412: 'Somebody else changed the settings since the version of If-Match.' };
const etag = ({ revision }: { revision: number }) => String(revision);

/** Notices to administrators by e-mail and by a signed webhook: who is told of what, and what was told. */
export const noticeRoutes = [
  route({
    method: 'get',
    path: `${path}/settings`,
    ...{ tag, need: 'read', answer: noticeSettings, etag },
    summary: 'Who is told of what, by e-mail and by webhook.',
    run: ({ services, params }) => services.notices.standing(params.enterpriseId),
  }),
  route({
    method: 'patch',
    path: `${path}/settings`,
    ...{ tag, need: 'change', body: noticeSettingsPatch, answer: noticeSettings, etag, errors },
    summary: 'Changes who is told of what; it applies at once.',
    run: async ({ services: { notices }, principal, params: { enterpriseId }, body, ifMatch }) => {
      const { kinds, ...rest } = body;
      const before = (await notices.standing(enterpriseId)).kinds;
      const off = kinds && NOTICE_KINDS.filter((kind) => !(kinds[kind] ?? before[kind]));
      const by = { by: principal.who, ...revisionOf(ifMatch) };
      await notices.settings
        .set(enterpriseId, given({ ...rest, off }), by)
        .catch(asPrecondition)
        .catch(asField(EMAILS));
      return notices.standing(enterpriseId);
    },
  }),
  route({
    method: 'post',
    path: `${path}/webhook`,
    ...{ tag, need: 'change', secret: true, errors, body: z.strictObject({ url: z.string() }) },
    summary: 'Sets the address of the webhook and makes a new secret for it, which is told only now.',
    answer: z.object({
      secret: z.string().meta({ description: 'As Standard Webhooks writes it: `whsec_` and 32 bytes in base64.' }),
      settings: noticeSettings,
    }),
    run: async ({ services: { notices }, principal, params: { enterpriseId }, body: { url }, ifMatch }) => {
      const by = { by: principal.who, ...revisionOf(ifMatch) };
      const setting = notices.settings.setWebhook(enterpriseId, url, by);
      const { secret } = await setting.catch(asPrecondition).catch(asField({ webhook: 'url' }));
      return { secret, settings: await notices.standing(enterpriseId) };
    },
  }),
  route({
    method: 'post',
    path: `${path}/test`,
    ...{ tag, need: 'change', answer: z.object({ tried: z.array(tried) }) },
    summary: 'Sends a trial to everybody who would be told, now, and says what came of each.',
    errors: { 429: 'Ten trials within an hour are enough.' },
    run: async ({ services, params }) => ({ tried: await services.notices.tryOut(params.enterpriseId) }),
  }),
  route({
    method: 'get',
    path,
    ...{ tag, need: 'read', answer: listOf(notice) },
    summary: 'What was told to whom and what came of it, newest first.',
    query: z.strictObject({ ...paging, parked: flag.optional() }),
    run: ({ services, params, query: { limit = LIST_LIMIT, ...rest } }) =>
      services.notices.list(params.enterpriseId, { ...given(rest), limit }),
  }),
  route({
    method: 'post',
    path: `${path}/retry`,
    ...{ tag, need: 'change', answer: z.object({ retried: z.number().int() }) },
    summary: 'Sends parked notices again: one, or all.',
    body: z.strictObject({ id: z.string().min(1).max(300).optional() }),
    run: async ({ services, params, body }) => ({
      retried: await services.notices.retry(params.enterpriseId, given(body)),
    }),
  }),
];

/** The settings name an address by its place in the list. */
const EMAILS = { emails: 'emails' };
