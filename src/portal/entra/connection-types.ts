import type { z } from 'zod';
import type { Wire } from '../../api/frame/schemas.js';
import type {
  checkedConnection,
  consent,
  examination,
  schedulePreview,
  syncState,
  tenantChange,
} from '../../api/routes/connection-schemas.js';

export type Consent = Wire<z.output<typeof consent>>;
export type CheckedConnection = Wire<z.output<typeof checkedConnection>>;
export type TenantChange = Wire<z.output<typeof tenantChange>>;
export type SchedulePreview = Wire<z.output<typeof schedulePreview>>;
export type SyncState = Wire<z.output<typeof syncState>>;
export type Examination = Wire<z.output<typeof examination>>;

export interface ConnectTicket {
  readonly url: string;
  readonly tenantId: string;
  readonly expiresAt: string;
}
