import { z } from 'zod';
import { ROLES } from '../../../access/types.js';
import { instant } from '../../frame/schemas.js';

export const role = z.enum(ROLES);

const enterpriseId = z.string().nullable().meta({ description: 'Null: over all enterprises.' });

export const account = z
  .object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string(),
    role,
    enterpriseId,
    microsoft: z.object({ tenantId: z.string(), objectId: z.string() }).nullable(),
    hasPassword: z.boolean(),
    createdAt: instant,
    createdBy: z.string(),
    lastSignInAt: instant.nullable(),
    disabledAt: instant.nullable(),
  })
  .meta({ id: 'Account' });

export const disabledAccount = account
  .extend({ revokedTokens: z.number().int().meta({ description: 'Tokens that it had made and that ended with it.' }) })
  .meta({ id: 'DisabledAccount' });

export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    enterpriseId,
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant,
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'Token' });

export const newToken = z
  .strictObject({
    name: z.string().max(100).default(''),
    role,
    enterpriseId: z.string().min(1).max(100).nullish().meta({ description: 'Left out: over all, for operators only.' }),
    days: z.number().int().min(1).max(365).optional().meta({ description: '90 where it is left out.' }),
  })
  .meta({ id: 'NewToken' });
