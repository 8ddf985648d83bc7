import { z } from 'zod';
import { listOf } from '../../frame/schemas.js';

/** A group of the tenant, for whoever looks for one to map. */
export const entraGroup = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    hiddenMembership: z
      .boolean()
      .meta({ description: 'Its members may be hidden from GetHomeSafe, so that nobody is placed by it.' }),
  })
  .meta({ id: 'EntraGroup' });

export const mappedGroup = entraGroup.pick({ id: true, name: true });

export const entraGroups = listOf(entraGroup).extend({
  more: z.boolean().meta({ description: 'Others have such words too; without `next`, longer words find them.' }),
});

/** Somebody to try settings with. */
export const personChoice = z
  .object({
    person: z.string().meta({ description: 'What names the person to other routes: id or object id.' }),
    name: z.string().nullable(),
    email: z.string().nullable(),
    isHere: z.boolean().meta({ description: 'Has a profile in GetHomeSafe; else known to Microsoft Entra ID only.' }),
  })
  .meta({ id: 'PersonChoice' });

/** An organisation or a team to choose. */
export const named = z.object({ id: z.string(), name: z.string() });
