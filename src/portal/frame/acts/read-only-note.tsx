import { Text } from '@mantine/core';
import { useEnterprise } from '../../session/use-session.js';

/** Says to readers why there are no buttons. */
export function ReadOnlyNote() {
  const { mayChange } = useEnterprise();
  if (mayChange) return null;
  return (
    <Text size="sm" c="dimmed">
      You may look at everything here. Account administrators decide and change.
    </Text>
  );
}
