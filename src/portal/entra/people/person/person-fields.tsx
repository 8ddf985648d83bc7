import { Badge, Text } from '@mantine/core';
import { type Column, RowsTable } from '../../../frame/lists/list-table.js';
import { Value } from '../../history/change-value.js';
import { codeInWords, fieldInWords } from '../../history/words.js';
import { Way } from '../../way.js';
import type { FieldOfPerson } from '../types.js';

interface PersonFieldsProps {
  readonly fields: readonly FieldOfPerson[];
  readonly isLinked: boolean;
}

/** Each field from its attribute in Entra to the profile: whose value it is, and why it is empty (S38, S39). */
export function PersonFields({ fields, isLinked }: PersonFieldsProps) {
  return (
    <>
      <RowsTable
        caption="Fields"
        columns={isLinked ? LINKED : OWN}
        keyOf={({ target }) => target}
        rows={fields}
        minWidth={isLinked ? 720 : 320}
      />
      {isLinked && (
        <Text size="sm" c="dimmed">
          What is empty in Microsoft Entra ID stays empty here: fill it there, or{' '}
          <Way to="field-mappings">choose another source in Field Mappings</Way>. It takes effect with the next sync, or
          with Sync now for this person.
        </Text>
      )}
    </>
  );
}

const OWN: readonly Column<FieldOfPerson>[] = [
  { heading: 'Field', cell: ({ target }) => fieldInWords(target) },
  { heading: 'Profile', cell: ({ value }) => <Value of={value} /> },
];

const LINKED: readonly Column<FieldOfPerson>[] = [
  ...OWN,
  { heading: 'From', cell: (field) => <Origin of={field} /> },
  { heading: 'Source', cell: ({ source }) => (source === null ? 'Not mapped' : <code>{source}</code>) },
  { heading: 'In Microsoft Entra ID', cell: (field) => <Raw of={field} /> },
  { heading: 'Means', cell: (field) => <Means of={field} /> },
];

function Origin({ of: { origin } }: { readonly of: FieldOfPerson }) {
  if (origin === null) return '–';
  return origin === 'entra' ? (
    <Badge color="blue" variant="light" tt="none">
      From Microsoft Entra ID
    </Badge>
  ) : (
    <Badge color="gray" variant="outline" tt="none">
      Typed in GetHomeSafe
    </Badge>
  );
}

function Raw({ of: { source, raw, isRead } }: { readonly of: FieldOfPerson }) {
  if (source === null) return '–';
  if (!isRead) return <Text size="sm">not read yet</Text>;
  return raw === null ? <Text size="sm">empty</Text> : <Value of={raw} />;
}

function Means({ of: { normalised, problem } }: { readonly of: FieldOfPerson }) {
  if (problem !== null) return <Badge color="yellow">{codeInWords(problem)}</Badge>;
  return normalised === null ? '–' : <Value of={normalised} />;
}
