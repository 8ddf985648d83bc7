import { Alert, Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ApiProblem } from '../../api/client.js';
import { useAct } from '../../api/use-api.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { GroupPicker } from './group-picker.js';
import { TeamPicker } from './team-picker.js';
import type { EntraGroup, TeamMapping } from './types.js';

interface AddMappingProps {
  readonly path: string;
  readonly onClose: () => void;
}

const FIELDS: readonly (string | undefined)[] = ['groupId', 'teamId', 'priority'];

/** Chooses an Entra group, then an organisation and one of its teams. */
export function AddMapping({ path, onClose }: AddMappingProps) {
  const [group, setGroup] = useState<EntraGroup | null>(null);
  const [teamId, setTeamId] = useState<string | null>(null);
  const [priority, setPriority] = useState<number | null>(null);
  const act = useAct<object, TeamMapping>((body) => ({ path, method: 'POST', body }));
  const problem = act.error instanceof ApiProblem ? act.error : null;
  const errorOf = (field: string) => (problem?.field === field ? problem.message : undefined);
  const save = () => {
    const body = {
      groupId: group?.id,
      groupName: group?.name ?? null,
      teamId,
      ...(priority === null ? {} : { priority }),
    };
    act.mutate(body, {
      onSuccess: () => {
        notifications.show({ message: 'Mapped. It takes effect with the next sync.', color: 'teal' });
        onClose();
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title="Add mapping" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <GroupPicker value={group} onChange={setGroup} error={errorOf('groupId')} />
        {group?.hiddenMembership && (
          <Alert color="yellow" title="This Entra group hides its members">
            Nobody can be placed by it until the application has the permission Member.Read.Hidden.
          </Alert>
        )}
        <TeamPicker value={teamId} onChange={setTeamId} error={errorOf('teamId')} />
        <Priority value={priority} onChange={setPriority} error={errorOf('priority')} />
        {!FIELDS.includes(problem?.field) && <ProblemAlert error={act.error} title="This was not saved" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={save} loading={act.isPending} disabled={group === null || teamId === null}>
            Map
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

export interface PriorityProps {
  readonly value: number | null;
  readonly error: string | undefined;
  readonly description?: string;
  readonly onChange: (value: number | null) => void;
}

export const LOWER_FIRST = 'Lower goes first where mappings lead to different organisations.';
const NEW = `${LOWER_FIRST} Empty: after all others.`;

/** The place in the order, of a new mapping or of one that is there. */
export function Priority({ value, error, onChange, description = NEW }: PriorityProps) {
  return (
    <NumberInput
      label="Priority"
      description={description}
      min={0}
      allowDecimal={false}
      value={value ?? ''}
      onChange={(next) => onChange(next === '' ? null : Number(next))}
      error={error}
      maw={240}
    />
  );
}
