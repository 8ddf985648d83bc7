import { once } from 'node:events';
import type { Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../../kernel/app-error.js';
import { given } from '../../../kernel/given.js';
import type { ExportChunk } from '../../../reconciliation/history/export-text.js';
import { HISTORY_KINDS } from '../../../reconciliation/history/history-tables.js';
import { ledgerPersonOf } from '../../../reconciliation/history/ledger-person.js';
import { ledgerView } from '../../../reconciliation/history/ledger-view.js';
import type { ApiServices } from '../../api-services.js';
import { route, streamRoute } from '../../frame/route.js';
import { instantText, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { ledgerEntry, settingsChange } from './history-schemas.js';

const tag = 'History';
const path = '/enterprises/{enterpriseId}/history';

const period = {
  since: instantText.optional().meta({ description: 'From this instant on.' }),
  until: instantText.optional().meta({ description: 'Before this instant.' }),
};
const person = z.string().trim().min(1).max(300).optional().meta({ description: 'Id, object id or e-mail address.' });

/** What was written to records, and who changed which setting. */
export const historyRoutes = [
  route({
    method: 'get',
    path: `${path}/ledger`,
    ...{ tag, need: 'read', answer: listOf(ledgerEntry) },
    summary: 'What was written to records, newest first.',
    query: z.strictObject({ ...paging, ...period, person }),
    run: async ({ services, params: { enterpriseId }, query: { limit = LIST_LIMIT, person: about, ...rest } }) => {
      const who = await aboutPerson(services, { enterpriseId, person: about });
      const { rows, next } = await services.history.ledger(enterpriseId, { ...given(rest), ...who, limit });
      const { tenantId } = await services.integrations.getIntegration(enterpriseId);
      const asked = rows.map((row) => ({ person: row.userId, row }));
      const named = await services.labels.add({ enterpriseId, tenantId: tenantId ?? '' }, asked);
      return { items: named.map(({ row, label }) => ({ ...ledgerView(row), label })), next };
    },
  }),
  route({
    method: 'get',
    path: `${path}/settings`,
    ...{ tag, need: 'read', answer: listOf(settingsChange) },
    summary: 'Who changed which setting, connection or decision, newest first.',
    query: z.strictObject({ ...paging, ...period }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...rest } }) => {
      const { rows, next } = await services.history.settings(params.enterpriseId, { ...given(rest), limit });
      return { items: rows.map(({ _id: id, ...row }) => ({ id, ...row })), next };
    },
  }),
  streamRoute({
    method: 'get',
    path: `${path}/export`,
    ...{ tag, need: 'read', stream: 'text/csv' },
    summary:
      'History as CSV, oldest first; cells that a spreadsheet would take for a formula begin with an apostrophe.',
    query: z.strictObject({
      what: z.enum(HISTORY_KINDS),
      run: z.string().min(1).max(100).optional().meta({ description: 'Only what this run did: for items and ledger.' }),
      person: person.meta({ description: 'Only what was written about this person: for ledger.' }),
      ...period,
    }),
    serve: async ({ services, params: { enterpriseId }, query, signal }, response) => {
      const { what, run, person: about, ...rest } = query;
      if (run !== undefined && what !== 'items' && what !== 'ledger') throw notFor('run', 'items and ledger');
      if (about !== undefined && what !== 'ledger') throw notFor('person', 'ledger');
      const who = await aboutPerson(services, { enterpriseId, person: about });
      const wanted = { enterpriseId, what, ...given(rest), ...who, ...(run === undefined ? {} : { runId: run }) };
      const chunks = await services.exportHistory(wanted, 'csv');
      response.attachment(`${what}-${services.clock.now().toISOString().slice(0, 10)}.csv`).type('text/csv');
      response.set('cache-control', 'no-store');
      await writeChunks(chunks, { response, signal });
    },
  }),
];

async function aboutPerson(
  { people }: Pick<ApiServices, 'people'>,
  { enterpriseId, person: named }: { enterpriseId: string; person: string | undefined },
) {
  return named === undefined ? {} : { person: await ledgerPersonOf(people, { enterpriseId, person: named }) };
}

function notFor(field: string, kinds: string): AppError {
  return new AppError('invalid_input', `${field} is for ${kinds} only.`, { field });
}

/** As fast as the reader reads; ends when he has gone. What fails before the first chunk becomes a problem. */
async function writeChunks(
  chunks: AsyncIterable<ExportChunk>,
  { response, signal }: { response: Response; signal: AbortSignal },
): Promise<void> {
  for await (const { text } of chunks) {
    if (signal.aborted) return;
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
