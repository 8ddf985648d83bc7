import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { queryOf } from '../../api/client.js';
import { useApi } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Named } from './types.js';

interface TeamPickerProps {
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (teamId: string | null) => void;
}

const AFTER_MS = 300;
/** Whoever does not see a team among these types more of its name. */
const SHOWN = 50;

/** An organisation of the enterprise, then one of its teams. */
export function TeamPicker({ value, error, onChange }: TeamPickerProps) {
  const { base } = useEnterprise();
  const organisations = useApi<{ items: readonly Named[] }>(`${base}/organisations`);
  const [chosen, setChosen] = useState<string | null>(null);
  const items = organisations.data?.items ?? [];
  const organisation = chosen ?? (items.length === 1 ? (items[0]?.id ?? null) : null);
  return (
    <>
      <Select
        label="Organisation"
        required
        searchable
        data={items.map(asOption)}
        value={organisation}
        onChange={(next) => {
          setChosen(next);
          onChange(null);
        }}
        nothingFoundMessage="There is no such organisation"
        error={organisations.error?.message}
      />
      <TeamSelect key={organisation} {...{ organisation, value, error, onChange }} />
    </>
  );
}

function TeamSelect({
  organisation,
  value,
  error,
  onChange,
}: TeamPickerProps & { readonly organisation: string | null }) {
  const { base } = useEnterprise();
  const [search, setSearch] = useState('');
  const [team, setTeam] = useState<Named | null>(null);
  const [text] = useDebouncedValue(search === team?.name ? '' : search.trim(), AFTER_MS);
  const path = `${base}/organisations/${encodeURIComponent(organisation ?? '')}/teams${queryOf({ text, limit: SHOWN })}`;
  const found = useApi<{ items: readonly Named[] }>(path, { enabled: organisation !== null });
  const items = found.data?.items ?? [];
  const all = team && !items.some(({ id }) => id === team.id) ? [team, ...items] : items;
  return (
    <Select
      label="Team"
      description={organisation === null ? 'Choose an organisation first.' : undefined}
      required
      searchable
      disabled={organisation === null}
      data={all.map(asOption)}
      value={value}
      // The service has looked already.
      filter={({ options }) => options}
      onSearchChange={setSearch}
      onChange={(id) => {
        setTeam(all.find((each) => each.id === id) ?? null);
        onChange(id);
      }}
      nothingFoundMessage={found.isFetching ? 'Looking…' : 'The organisation has no such team'}
      error={error ?? found.error?.message}
    />
  );
}

function asOption({ id, name }: Named) {
  return { value: id, label: name };
}
