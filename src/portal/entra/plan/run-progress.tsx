import { Alert, Loader, Text } from '@mantine/core';
import type { Run } from '../../api/types.js';

/** A run while it is under way. */
export function RunProgress({ run: { status, phase, counts } }: { readonly run: Run }) {
  const seen = (counts['seen'] ?? 0).toLocaleString();
  return (
    <Alert
      color="blue"
      icon={<Loader size={18} />}
      title={status === 'queued' ? 'Waiting for the service' : WORDS[phase]}
    >
      <Text size="sm" role="status">
        {seen} people seen in Microsoft Entra ID so far
      </Text>
    </Alert>
  );
}

const WORDS: Readonly<Record<Run['phase'], string>> = {
  queued: 'Waiting for the service',
  reading: 'Reading from Microsoft Entra ID',
  applying: 'Working out what changes',
  settling: 'Looking at the last ones again',
  done: 'Done',
};
