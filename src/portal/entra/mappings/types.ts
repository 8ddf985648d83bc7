import type { z } from 'zod';
import type { entraGroup, named } from '../../../api/routes/set-up/directory-schemas.js';
import type { mappingEffect, teamMapping } from '../../../api/routes/set-up/team-mapping-schemas.js';

export type TeamMapping = z.output<typeof teamMapping>;
export type MappingEffect = z.output<typeof mappingEffect>;
export type EntraGroup = z.output<typeof entraGroup>;
export type Named = z.output<typeof named>;
