import { List, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useApi } from '../../../api/use-api.js';
import { Loaded } from '../../../frame/page.js';
import { ChangeValue } from '../../history/change-value.js';
import { fieldInWords, KIND_WORDS } from '../../history/words.js';
import type { UndoPreview } from '../types.js';
import { useStructure } from '../use-structure.js';

interface UndoPreviewedProps {
  readonly at: string;
  /** Told which write is on the page. */
  readonly onShown: (write: string) => void;
}

/** What an undo would put back, what it would leave, and what is declined from then on. */
export function UndoPreviewed({ at, onShown }: UndoPreviewedProps) {
  const preview = useApi<UndoPreview>(`${at}/undo`);
  const write = preview.data?.write;
  useEffect(() => {
    if (write !== undefined) onShown(write);
  }, [write, onShown]);
  const { names } = useStructure();
  return (
    <Loaded of={preview}>
      {({ steps, skipped }) => (
        <Stack gap="xs">
          <List size="sm">
            {steps.map((step) => (
              <List.Item key={[step.kind, step.field, step.team, step.activity].join(' ')}>
                {KIND_WORDS[step.kind as keyof typeof KIND_WORDS] ?? step.kind}
                {step.field !== null && ` ${fieldInWords(step.field)}`}: {aboutOf(step, names)}
              </List.Item>
            ))}
          </List>
          {skipped.map(({ kind, field, team, why }) => (
            <Text key={[kind, field, team].join(' ')} size="sm">
              Stays as it is: {why}
            </Text>
          ))}
          <Text size="sm">
            What Microsoft Entra ID says now is declined until it changes there, or until you release it under Held
            changes. It shows as drift meanwhile.
          </Text>
        </Stack>
      )}
    </Loaded>
  );
}

function aboutOf({ team, before, after }: UndoPreview['steps'][number], names: ReadonlyMap<string, string>) {
  return team === null ? <ChangeValue before={before} after={after} /> : (names.get(team) ?? 'a team that is gone');
}
