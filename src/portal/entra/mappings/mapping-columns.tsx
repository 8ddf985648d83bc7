import { ActionIcon, Badge, Button, Stack, Text } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import type { Column } from '../../frame/lists/list-table.js';
import type { TeamMapping } from './types.js';

const STATUS: Readonly<Record<TeamMapping['status'], { readonly label: string; readonly color: string }>> = {
  ok: { label: 'OK', color: 'teal' },
  not_read: { label: 'Not read yet', color: 'gray' },
  group_missing: { label: 'Entra group missing', color: 'red' },
  group_hidden: { label: 'Members hidden', color: 'red' },
  group_unreadable: { label: 'Not readable', color: 'red' },
  team_missing: { label: 'Team missing', color: 'red' },
};

interface Acts {
  readonly onRemove: (mapping: TeamMapping) => void;
  readonly onPriority: (mapping: TeamMapping) => void;
}

/** @param acts null: whoever looks may not change anything */
export function mappingColumns(acts: Acts | null): readonly Column<TeamMapping>[] {
  const remove: Column<TeamMapping> = {
    heading: 'Remove',
    cell: (mapping) => (
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={`Remove the mapping of ${groupOf(mapping)} to ${teamOf(mapping)}`}
        onClick={() => acts?.onRemove(mapping)}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    ),
  };
  return [
    { heading: 'Entra group', cell: (mapping) => <EntraGroupCell mapping={mapping} /> },
    {
      heading: 'Members',
      align: 'right',
      cell: ({ memberCount }) => (
        <Text span size="sm" className="number">
          {memberCount === null ? '–' : memberCount.toLocaleString()}
        </Text>
      ),
    },
    {
      heading: 'Organisation',
      cell: ({ organisationName }) => <Name text={organisationName ?? '–'} />,
    },
    { heading: 'Team', cell: (mapping) => <Name text={teamOf(mapping)} /> },
    {
      heading: 'Priority',
      align: 'right',
      cell: (mapping) =>
        acts ? (
          <Button
            {...{ size: 'compact-sm', variant: 'default', onClick: () => acts.onPriority(mapping) }}
            rightSection={<IconPencil size={14} aria-hidden />}
            aria-label={`Change priority ${mapping.priority} of ${groupOf(mapping)} to ${teamOf(mapping)}`}
          >
            {mapping.priority}
          </Button>
        ) : (
          mapping.priority
        ),
    },
    { heading: 'Status', cell: (mapping) => <Status mapping={mapping} /> },
    ...(acts ? [remove] : []),
  ];
}

export function groupOf({ groupName, groupId }: TeamMapping): string {
  return groupName ?? groupId;
}

export function teamOf({ teamName, teamId }: TeamMapping): string {
  return teamName ?? `a deleted team (${teamId})`;
}

/** Wide enough that short names stay whole beside long ones. */
function Name({ text }: { readonly text: string }) {
  return (
    <Text size="sm" className="value" miw={110}>
      {text}
    </Text>
  );
}

function EntraGroupCell({ mapping }: { readonly mapping: TeamMapping }) {
  return (
    <>
      <Text fw={600} className="value">
        {groupOf(mapping)}
      </Text>
      {mapping.groupName !== null && (
        <Text size="xs" c="dimmed" className="value">
          {mapping.groupId}
        </Text>
      )}
    </>
  );
}

function Status({ mapping: { status, reason, remedy, inEffect } }: { readonly mapping: TeamMapping }) {
  const { label, color } = STATUS[status];
  return (
    <Stack gap={4} align="flex-start">
      <Badge variant="light" color={color} tt="none">
        {label}
      </Badge>
      {!inEffect && (
        <Badge variant="light" color="blue" tt="none">
          From the next sync
        </Badge>
      )}
      {reason && status !== 'not_read' && (
        <Text size="sm">
          <strong>{reason}</strong> {remedy}
        </Text>
      )}
    </Stack>
  );
}
