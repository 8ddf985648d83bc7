import type { NamedHolder, Refusal } from './claims.js';
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
    case 'duplicate_email': {
      const { words, remedy } = refusal.holder ? heldBy(refusal.holder) : HELD_ELSEWHERE;
      return { ...about, message: `The address ${refusal.key} is in use ${words}. ${outcome}`, remedy };
    }
    case 'duplicate_email_in_source':
      return {
        ...about,
        message: `The address ${refusal.key} is also that of ${refusal.others.join(', ')} in Microsoft Entra ID. ${outcome}`,
        remedy: 'Give each person an address of their own in Microsoft Entra ID.',
      };
  }
}

/** Of other enterprises nothing is told (E24). */
const HELD_ELSEWHERE = {
  words: 'elsewhere',
  remedy: 'Correct the address in Microsoft Entra ID, or contact support.',
};

/** Whose profile it is and where it came from (E24, E31). */
function heldBy({ recordId, origin, linkedObjectId }: NamedHolder): { words: string; remedy: string } {
  if (linkedObjectId !== null) {
    const words = `by profile ${recordId}, which belongs to ${linkedObjectId} in Microsoft Entra ID`;
    return { words, remedy: 'Give each person an address of their own in Microsoft Entra ID.' };
  }
  return {
    words: `by profile ${recordId}, which ${ORIGINS[origin]} and is not linked to this person`,
    remedy:
      'Correct the address in Microsoft Entra ID, archive the other profile, or contact support to merge the two.',
  };
}

const ORIGINS: Readonly<Record<NamedHolder['origin'], string>> = {
  manual: 'was added by hand',
  entra: 'came from Microsoft Entra ID before',
  other_integration: 'came from another integration',
};
