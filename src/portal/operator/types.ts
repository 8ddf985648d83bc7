import type { z } from 'zod';
import type { Wire } from '../../api/frame/schemas.js';
import type * as accounts from '../../api/routes/operator/account-schemas.js';
import type * as schemas from '../../api/routes/operator/operator-schemas.js';

export type Tenant = Wire<z.output<typeof schemas.tenant>>;
export type Subscription = Wire<z.output<typeof schemas.subscription>>;
export type Renewed = Wire<z.output<typeof schemas.renewed>>;
export type ChangeStats = Wire<z.output<typeof schemas.changeStats>>;
export type Change = Wire<z.output<typeof schemas.change>>;
export type Job = Wire<z.output<typeof schemas.job>>;
export type EndpointReport = Wire<z.output<typeof schemas.endpointReport>>;
export type Account = Wire<z.output<typeof accounts.account>>;
export type DisabledAccount = Wire<z.output<typeof accounts.disabledAccount>>;
export type Token = Wire<z.output<typeof accounts.token>>;
