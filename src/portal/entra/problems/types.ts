import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { problem } from '../../../api/routes/people/people-schemas.js';
import type { clash, problemCount, problemItem } from '../../../api/routes/people/problem-routes.js';

export type Problem = Wire<z.output<typeof problem>>;
export type ProblemItem = Wire<z.output<typeof problemItem>>;
export type ProblemCount = Wire<z.output<typeof problemCount>>;
export type Clash = Wire<z.output<typeof clash>>;
