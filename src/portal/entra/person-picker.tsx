import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { z } from 'zod';
import type { personChoice } from '../../api/routes/set-up/directory-schemas.js';
import { queryOf } from '../api/client.js';
import { useApi } from '../api/use-api.js';
import { useEnterprise } from '../session/use-session.js';

type Choice = z.output<typeof personChoice>;

interface PersonPickerProps {
  readonly label: string;
  readonly description: string;
  readonly value: string | null;
  /** Of a person whom the address of the page names. */
  readonly nameOfValue?: string | null | undefined;
  /** Only people with a profile in GetHomeSafe; else anybody of the tenant too. */
  readonly here?: boolean;
  readonly onChange: (person: string | null) => void;
}

const AFTER_MS = 300;
const HERE = 'In GetHomeSafe';

/** Somebody to try settings with, found by name or e-mail. */
export function PersonPicker({ label, description, value, nameOfValue, here = false, onChange }: PersonPickerProps) {
  const { base } = useEnterprise();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<Choice | null>(null);
  const shown = chosen?.person === value && chosen ? textOf(chosen) : (nameOfValue ?? value ?? '');
  const [text] = useDebouncedValue(search === shown ? '' : search.trim(), AFTER_MS);
  const path = `${base}/integration/sample-people${queryOf({ text, here: here || null })}`;
  const { data, error, isFetching } = useApi<{ items: readonly Choice[] }>(path);
  const items = data?.items ?? [];
  const isListed = value === null || items.some(({ person }) => person === value);
  const groups = [HERE, 'In Microsoft Entra ID only'].map((group) => ({
    group,
    items: items
      .filter(({ isHere }) => isHere === (group === HERE))
      .map((choice) => ({ value: choice.person, label: textOf(choice) })),
  }));
  const found = groups.filter((each) => each.items.length > 0);
  return (
    <Select
      {...{ label, description, value }}
      placeholder="Name or e-mail"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${label}` }}
      data={isListed ? found : [{ group: 'Chosen', items: [{ value: value ?? '', label: shown }] }, ...found]}
      // The service has looked already.
      filter={({ options }) => options}
      onSearchChange={setSearch}
      onChange={(person) => {
        setChosen(items.find((choice) => choice.person === person) ?? null);
        onChange(person);
      }}
      nothingFoundMessage={isFetching ? 'Looking…' : 'Nobody has such a name or e-mail'}
      error={error?.message}
      maw={480}
    />
  );
}

function textOf({ name, email, person }: Choice): string {
  const known = [name, email].filter((part) => part !== null);
  return known.length === 0 ? person : known.join(' · ');
}
