import { z } from 'zod';
import { listOf } from '../../frame/schemas.js';

/** One Entra group that feeds one team, and how it fares (S41). */
export const teamMapping = z
  .object({
    id: z.string(),
    priority: z
      .number()
      .int()
      .meta({ description: 'Lower goes first where mappings disagree about the organisation.' }),
    groupId: z.string(),
    groupName: z.string().nullable(),
    memberCount: z.number().int().nullable().meta({ description: 'People in the group when a run last read it.' }),
    teamId: z.string(),
    teamName: z.string().nullable(),
    organisationId: z.string().nullable(),
    organisationName: z.string().nullable(),
    status: z.enum(['ok', 'not_read', 'group_missing', 'group_hidden', 'group_unreadable', 'team_missing']),
    reason: z.string().nullable(),
    remedy: z.string().nullable(),
    inEffect: z.boolean().meta({ description: 'False until the next sync begins.' }),
  })
  .meta({ id: 'TeamMapping' });

/** Of all mappings, whatever is looked for. */
export const teamMappingList = listOf(teamMapping).extend({
  total: z.number().int().meta({ description: 'Of all mappings, whatever is looked for.' }),
  broken: z.number().int(),
});

/** What removing a mapping would do. */
export const mappingEffect = z.object({
  lose: z.number().int().meta({ description: 'People who would lose the team with the next sync.' }),
  keep: z.number().int().meta({ description: 'People whom another mapping or somebody in GetHomeSafe keeps in it.' }),
  loseTheirLast: z.number().int().meta({ description: 'Of those who lose it: in no other team.' }),
  isLast: z.boolean().meta({ description: 'It is the only mapping: without one no sync starts.' }),
});

/** Which group feeds which team; the mappings themselves say what is right. */
export const newMapping = z.strictObject({
  groupId: z.string().meta({ description: 'Object ID of the Entra group.' }),
  groupName: z.string().max(500).nullish(),
  teamId: z.string(),
  priority: z.number().optional().meta({ description: 'After all others where it is left out.' }),
});
