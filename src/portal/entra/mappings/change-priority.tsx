import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ApiProblem } from '../../api/client.js';
import { useAct } from '../../api/use-api.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { LOWER_FIRST, Priority } from './add-mapping.js';
import { groupOf, teamOf } from './mapping-columns.js';
import type { TeamMapping } from './types.js';

interface ChangePriorityProps {
  readonly path: string;
  readonly mapping: TeamMapping;
  readonly onClose: () => void;
}

/** Another place in the order of a mapping that is there. */
export function ChangePriority({ path, mapping, onClose }: ChangePriorityProps) {
  const [priority, setPriority] = useState<number | null>(mapping.priority);
  const at = `${path}/${encodeURIComponent(mapping.id)}`;
  const act = useAct<object>((body) => ({ path: at, method: 'PATCH', body }));
  const isAtField = act.error instanceof ApiProblem && act.error.field === 'priority';
  const done = () => {
    notifications.show({ message: 'Saved. It takes effect with the next sync.', color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Change priority" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text className="value">
          {groupOf(mapping)} → {teamOf(mapping)}
        </Text>
        <Priority
          {...{ value: priority, onChange: setPriority, description: LOWER_FIRST }}
          error={isAtField ? act.error?.message : undefined}
        />
        {!isAtField && <ProblemAlert error={act.error} title="This was not saved" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            onClick={() => act.mutate({ priority }, { onSuccess: done })}
            loading={act.isPending}
            disabled={priority === null}
          >
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
