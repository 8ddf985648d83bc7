import { Table, Text } from '@mantine/core';
import { Value } from '../history/change-value.js';
import { fieldInWords } from '../history/words.js';
import { PersonLink } from '../people/person-link.js';
import { PersonStatus } from '../people/status.js';
import type { Clash } from './types.js';

const FIELDS = ['firstName', 'lastName', 'email', 'mobilePhone', 'country', 'timeZone'] as const;
const ORIGINS: Readonly<Record<string, string>> = {
  manual: 'Added by hand',
  entra: 'From Microsoft Entra ID',
  other_integration: 'From another integration',
};

/** The person as Entra has them now. */
export function DirectorySide({ of: { person } }: { readonly of: Clash }) {
  const { objectId, label, userPrincipalName, isEnabled, fields } = person;
  return (
    <>
      <PersonLink person={objectId} label={label} />
      <Facts
        caption="In Microsoft Entra ID"
        rows={[
          ['User principal name', userPrincipalName],
          ['Account', isEnabled === null ? null : isEnabled ? 'enabled' : 'disabled'],
          ['Object id', objectId],
          ...fields.map(({ target, normalised, raw }) => [fieldInWords(target), normalised ?? raw] as const),
        ]}
      />
    </>
  );
}

/** The profile that has the address. */
export function ProfileSide({ of }: { readonly of: NonNullable<Clash['holder']> }) {
  return (
    <>
      <PersonStatus status={of.status} reason={of.archivedReason} />
      <Facts
        caption="Existing profile"
        rows={[
          ['Where it is from', ORIGINS[of.origin]],
          ['Linked to', of.objectId ?? 'nobody in Entra'],
          ['Id', of.id],
          ...FIELDS.map((field) => [fieldInWords(field), of[field]] as const),
          ['Teams', of.teams.map(({ name }) => name ?? 'gone')],
        ]}
      />
    </>
  );
}

interface FactsProps {
  readonly caption: string;
  readonly rows: readonly (readonly [name: string, value: unknown])[];
}

function Facts({ caption, rows }: FactsProps) {
  return (
    <Table withRowBorders={false} verticalSpacing={2} aria-label={caption}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w="40%" ta="left" style={{ verticalAlign: 'top' }}>
              <Text size="sm" c="dimmed">
                {name}
              </Text>
            </Table.Th>
            <Table.Td>
              <Value of={value} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
