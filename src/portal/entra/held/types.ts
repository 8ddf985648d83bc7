import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { decisionInWords, heldSubject } from '../../../api/routes/people/decision-routes.js';

export type DecisionInWords = Wire<z.output<typeof decisionInWords>>;
export type HeldSubject = Wire<z.output<typeof heldSubject>>;
