import { type Latency, latencyOf } from '../changes/latency/latency.js';
import type { Services } from '../compose.js';
import {
  EXPORT_FORMATS,
  type ExportChunk,
  type ExportFormat,
  exportText,
} from '../reconciliation/history/export-text.js';
import { createHistory, type History } from '../reconciliation/history/history.js';
import { HISTORY_KINDS, historyTable, type TableWanted } from '../reconciliation/history/history-tables.js';
import { ledgerPersonOf, runPersonOf } from '../reconciliation/history/ledger-person.js';
import { ledgerView } from '../reconciliation/history/ledger-view.js';
import { createLabels, type Labels } from '../reconciliation/history/person-labels.js';
import { createRunItems, type RunItems } from '../reconciliation/history/run-items.js';
import { type Erased, erasePerson } from '../reconciliation/person/erase-person.js';
import { explainPerson, type PersonExplained } from '../reconciliation/person/explain-person.js';
import { exportPerson, type PersonExport } from '../reconciliation/person/export-person.js';
import { type GroupOfPerson, sourceOfPerson } from '../reconciliation/person/source-of-person.js';
import { type Freshness, freshnessOf } from '../reconciliation/standing/freshness.js';
import type { By, PersonRef } from '../records/people.js';
import type { UserRow } from '../records/types.js';
import type { ReviewServices } from './review.js';

export { EXPORT_FORMATS, HISTORY_KINDS, ledgerPersonOf, ledgerView, runPersonOf };

/** What was done and why, how far and how fast, and everything about one person. */
export interface HistoryServices {
  readonly runItems: RunItems;
  readonly history: History;
  readonly labels: Labels;
  /** From Graph's notification to the record. */
  readonly latency: { of(enterpriseId: string): Promise<Latency> };
  /** Up to when everything that Entra reported is in, and what is left out of that. */
  readonly freshness: { of(enterpriseId: string): Promise<Freshness> };
  /** History as text in chunks, straight from the database; refused before the first chunk where it makes no sense. */
  exportHistory(wanted: TableWanted, format: ExportFormat): Promise<AsyncIterable<ExportChunk>>;
  explainPerson(ref: PersonRef): Promise<PersonExplained>;
  /** The mapped groups through which Entra was seen to hold somebody, whatever became of it (S40). */
  groupsSeen(user: UserRow): Promise<readonly GroupOfPerson[]>;
  exportPerson(ref: PersonRef): Promise<PersonExport>;
  erasePerson(ref: PersonRef, by: By): Promise<Erased>;
}

type Parts = Omit<Services, keyof HistoryServices | keyof ReviewServices | 'close' | 'mongodbUri'>;

export function composeHistory(parts: Parts): HistoryServices {
  const runItems = createRunItems(parts);
  const history = createHistory(parts);
  const labels = createLabels(parts);
  const tables = { ...parts, runItems, history };
  const status = (enterpriseId: string) => parts.integrations.status(enterpriseId);
  return {
    runItems,
    history,
    labels,
    latency: { of: async (enterpriseId) => latencyOf(parts, (await status(enterpriseId)).tenantId) },
    freshness: { of: async (enterpriseId) => freshnessOf(parts, { enterpriseId, ...(await status(enterpriseId)) }) },
    exportHistory: async (wanted, format) => exportText(await historyTable(tables, wanted), format),
    explainPerson: (ref) => explainPerson(parts, ref),
    groupsSeen: async ({ enterpriseId, entra }) => {
      const integration = await parts.integrations.getIntegration(enterpriseId);
      const objectId = entra && entra.tenantId === integration.tenantId ? entra.objectId : null;
      return (await sourceOfPerson(parts, { integration, objectId }))?.groups ?? [];
    },
    exportPerson: (ref) => exportPerson(parts, ref),
    erasePerson: (ref, by) => erasePerson(parts, ref, by),
  };
}
