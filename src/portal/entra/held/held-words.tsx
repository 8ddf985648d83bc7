import { Text } from '@mantine/core';
import { Instant } from '../../frame/instant.js';
import { ChangeValue, Value } from '../history/change-value.js';
import { codeInWords, fieldInWords } from '../history/words.js';
import { Named } from '../named.js';
import type { DecisionInWords } from './types.js';

/** What a decision is about, with the values of now. */
export function HeldWords({ of }: { readonly of: DecisionInWords }) {
  const { about, what, before, after, why } = of;
  return (
    <Text size="sm" component="div">
      {about === 'archive' && 'The profile would be archived.'}
      {about === 'restore' && 'The profile would be restored.'}
      {about === 'create' && 'The person would be added.'}
      {about === 'problem' && `Problem: ${codeInWords(what ?? '')}`}
      {about === 'team' && (
        <>
          Membership of team <Value of={what ?? 'that is gone'} />
        </>
      )}
      {about === 'field' && (
        <>
          {fieldInWords(what ?? '')}: <ChangeValue before={before} after={after} />
        </>
      )}
      {about === 'activity' && (
        <>
          Activity <Value of={what ?? 'that is gone'} />
          {before !== null && (
            <>
              , <Instant at={before} />
            </>
          )}
        </>
      )}
      {why !== null && (
        <div>
          <Named text={why} />
        </div>
      )}
    </Text>
  );
}
