import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { ledgerEntry, runItem, settingsChange, undone } from '../../../api/routes/history/history-schemas.js';

export type RunItem = Wire<z.output<typeof runItem>>;
export type Undone = Wire<z.output<typeof undone>>;
export type LedgerEntry = Wire<z.output<typeof ledgerEntry>>;
export type SettingsChange = Wire<z.output<typeof settingsChange>>;
