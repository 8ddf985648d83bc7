import type { z } from 'zod';
import type { Wire } from '../../api/frame/schemas.js';
import type { integration } from '../../api/routes/integration-schemas.js';
import type { run } from '../../api/routes/run-routes.js';
import type { standing } from '../../api/routes/standing-routes.js';

/** What the API answers, as it is on the wire: the types of the very schemas that the service checks with. */
export type Integration = Wire<z.output<typeof integration>>;
export type Standing = Wire<z.output<typeof standing>>;
export type Run = Wire<z.output<typeof run>>;

export interface Account {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string | null;
  readonly role: 'admin' | 'reader' | 'operator';
  readonly hasPassword: boolean;
  readonly enterpriseId: string | null;
}

export interface Session {
  readonly account: Account;
  readonly enterprises: readonly { readonly id: string; readonly name: string }[];
  /** Not of the API: it was theirs, and they are not signed in any more. */
  readonly hasEnded?: true;
}
