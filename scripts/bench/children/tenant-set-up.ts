import type { Services } from '../../../src/compose.js';
import { createBudget, plannedUnitsPer10s } from '../../../src/graph/budget.js';
