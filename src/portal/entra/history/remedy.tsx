import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useEnterprise } from '../../session/use-session.js';
import { Named } from '../named.js';
import type { EntraPath } from '../sections.js';
import type { RunItem } from './types.js';

/** Where what stood in the way is put right: of most problems on the desk, of wrong values in their mapping. */
const PLACES: Readonly<Record<string, readonly [path: EntraPath, words: string]>> = {
  field_blank: ['field-mappings', 'Field Mappings'],
  phone_unparseable: ['field-mappings', 'Field Mappings'],
  country_unknown: ['field-mappings', 'Field Mappings'],
  timezone_unknown: ['field-mappings', 'Field Mappings'],
  no_mapped_group: ['team-mappings', 'Team Mappings'],
  multi_org_conflict: ['team-mappings', 'Team Mappings'],
  held: ['held', 'Held changes'],
};

/** What to do about a problem of a run, and the way there in one click. */
export function Remedy({ item }: { readonly item: RunItem }) {
  const { path } = useEnterprise();
  const { code = '', message, remedy, isOpen, person } = item;
  const [place, words] = PLACES[code] ?? ['problems', 'Problems'];
  const query = place === 'problems' ? `?${new URLSearchParams({ code, person })}` : '';
  return (
    <Stack gap={2}>
      <Text size="sm">
        <Named text={message ?? item.why} />
      </Text>
      {remedy && <Text size="sm">{remedy}</Text>}
      {isOpen === false ? (
        <Text size="sm" c="dimmed">
          Settled since.
        </Text>
      ) : (
        <Anchor component={Link} to={`${path}/${place}${query}`} size="sm">
          Go to {words}
        </Anchor>
      )}
    </Stack>
  );
}
