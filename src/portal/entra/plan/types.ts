import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { plan, planStart } from '../../../api/routes/people/plan-routes.js';

export type Plan = Wire<z.output<typeof plan>>;
export type PlanStart = Wire<z.output<typeof planStart>>;
