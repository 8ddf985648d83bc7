import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { queryOf } from '../../api/client.js';
import { useApi } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import type { EntraGroup } from './types.js';

interface GroupPickerProps {
  readonly value: EntraGroup | null;
  readonly error: string | undefined;
  readonly onChange: (group: EntraGroup | null) => void;
}

const AFTER_MS = 300;

/** Searches the tenant's groups by name, at Microsoft Graph; an Object ID that is pasted finds its group. */
export function GroupPicker({ value, error, onChange }: GroupPickerProps) {
  const { base } = useEnterprise();
  const [search, setSearch] = useState('');
  const [text] = useDebouncedValue(value && search === nameOf(value) ? '' : search.trim(), AFTER_MS);
  const found = useApi<{ items: readonly EntraGroup[] }>(`${base}/integration/entra-groups${queryOf({ text })}`);
  const items = found.data?.items ?? [];
  const all = value && !items.some(({ id }) => id === value.id) ? [value, ...items] : items;
  return (
    <Select
      label="Entra group"
      description="Type words of its name, or paste its Object ID."
      placeholder="Field crew"
      required
      searchable
      data={all.map((group) => ({ value: group.id, label: nameOf(group) }))}
      value={value?.id ?? null}
      // The service has looked already.
      filter={({ options }) => options}
      onSearchChange={setSearch}
      onChange={(id) => onChange(all.find((group) => group.id === id) ?? null)}
      nothingFoundMessage={found.isFetching ? 'Looking…' : 'No Entra group has such a name or Object ID'}
      error={error ?? found.error?.message}
      data-autofocus
    />
  );
}

function nameOf({ name, id }: EntraGroup): string {
  return name ?? id;
}
