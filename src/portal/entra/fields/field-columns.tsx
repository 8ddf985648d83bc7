import { Badge, Select, Stack, Text } from '@mantine/core';
import type { Column } from '../../frame/lists/list-table.js';
import type { Draft } from '../use-draft.js';
import type { FieldMapping, FieldSample, Sampled, Sources } from './types.js';

interface FieldColumnsOf {
  readonly draft: Draft<Sources>;
  readonly sample: FieldSample | undefined;
}

const NOT_MAPPED = '';

/** The six rows; what comes of a sample person stands beside each attribute. */
export function fieldColumns({ draft, sample }: FieldColumnsOf): readonly Column<FieldMapping>[] {
  const sampled = new Map(sample?.fields.map((field) => [field.target, field]));
  const about = (field: FieldMapping) => sampled.get(field.target);
  return [
    { heading: 'GetHomeSafe field', cell: (field) => <Target field={field} /> },
    { heading: 'Entra attribute', cell: (field) => <Source {...{ field, draft }} /> },
    ...(sample
      ? [
          { heading: 'Sample value', cell: (field: FieldMapping) => <Raw field={about(field)} /> },
          { heading: 'In GetHomeSafe', cell: (field: FieldMapping) => <Result field={about(field)} /> },
        ]
      : []),
  ];
}

function Target({ field: { label, mandatory } }: { readonly field: FieldMapping }) {
  return (
    <>
      <Text fw={600}>{label}</Text>
      {mandatory && (
        <Text size="sm" c="dimmed">
          Mandatory: it identifies the user
        </Text>
      )}
    </>
  );
}

function Source({ field, draft }: { readonly field: FieldMapping; readonly draft: Draft<Sources> }) {
  const { target, label, offered, mandatory, inEffect } = field;
  const value = draft.value[target];
  const attributes = offered.map(({ source, label: name }) => ({ value: source, label: textOf(name, source) }));
  return (
    <Stack gap={4}>
      <Select
        aria-label={`Entra attribute of ${label}`}
        data={mandatory ? attributes : [{ value: NOT_MAPPED, label: 'Not mapped' }, ...attributes]}
        value={value ?? NOT_MAPPED}
        onChange={(next) => draft.set(target, next || null)}
        allowDeselect={false}
        searchable
        disabled={!draft.mayChange}
        error={draft.errorOf(target)}
        w={260}
        maw="100%"
      />
      {value === null && (
        <Text size="sm" c="dimmed">
          Values stay as they are and can be edited in GetHomeSafe.
        </Text>
      )}
      {value !== inEffect && (
        <Badge variant="light" color="blue" tt="none">
          Takes effect with the next sync
        </Badge>
      )}
    </Stack>
  );
}

/** The admin center's name, with the attribute's own where that says more. */
function textOf(name: string, source: string): string {
  const isSaid = source.includes('.') || source.startsWith('extension');
  return isSaid ? name : `${name} (${source})`;
}

function Raw({ field }: { readonly field: Sampled | undefined }) {
  if (!field || field.source === null) return <Text c="dimmed">–</Text>;
  if (!field.isRead) return <Text c="dimmed">Not read</Text>;
  if (field.raw === null || field.raw === '') return <Text c="dimmed">Empty</Text>;
  return (
    <Text className="value" miw={150}>
      {field.raw}
    </Text>
  );
}

function Result({ field }: { readonly field: Sampled | undefined }) {
  if (!field || field.source === null) return <Text c="dimmed">Left as it is</Text>;
  const { value, problem } = field;
  return (
    <Stack gap={2}>
      {value === null ? (
        <Text c="dimmed">Blank</Text>
      ) : (
        <Text span className="value" fw={600}>
          {value}
        </Text>
      )}
      {problem && (
        <Text size="sm" className="value">
          <strong>{problem.message}</strong> {problem.remedy}
        </Text>
      )}
    </Stack>
  );
}
