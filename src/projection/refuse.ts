import type { Refusal } from './claims.js';
import type { Problem, Projection } from './types.js';

/**
 * The projection of somebody who was refused their address: without record or restore where there would be none
 * without it, otherwise with the old address and all other fields; with the problem in words.
 */
export function refuse(projection: Projection, refusal: Refusal): Projection {
  const needsAddress = projection.gives.find(({ kind }) => kind === 'create' || kind === 'restore');
  const problem = refusalProblem(
    refusal,
    OUTCOMES[needsAddress?.kind === 'create' ? 'create' : needsAddress ? 'restore' : 'keep'],
  );
  if (needsAddress) return { ...projection, gives: [], takes: [], problems: [problem], lastSynced: {} };
  const { email: _, ...lastSynced } = projection.lastSynced;
  return {
    ...projection,
    gives: projection.gives.filter((change) => !(change.kind === 'update' && change.field === 'email')),
    takes: projection.takes.filter(({ taking }) => taking !== 'email_change'),
    problems: [...projection.problems, problem],
    lastSynced,
  };
}

const OUTCOMES = {
  create: 'The person is not imported.',
  restore: 'The profile stays archived.',
  keep: 'The present address is kept; everything else goes on.',
} as const;

function refusalProblem(refusal: Refusal, outcome: string): Problem {
  const { code } = refusal;
  const about = { code, severity: 'error', subject: 'email' } as const;
  switch (code) {
    case 'duplicate_email':
      if (refusal.holder === null) {
        const message = `The address ${refusal.key} is in use elsewhere. ${outcome}`;
        return { ...about, message, remedy: 'Correct the address in Microsoft Entra ID, or contact support.' };
      }
      return {
        ...about,
        message: `The address ${refusal.key} is in use by profile ${refusal.holder.recordId}, which is not linked to this person. ${outcome}`,
        remedy:
          'Correct the address in Microsoft Entra ID, archive the other profile, or contact support to merge the two.',
      };
    case 'duplicate_email_in_source':
      return {
        ...about,
        message: `The address ${refusal.key} is also that of ${refusal.others.join(', ')} in Microsoft Entra ID. ${outcome}`,
        remedy: 'Give each person an address of their own in Microsoft Entra ID.',
      };
  }
}
