import { Select } from '@mantine/core';
import { useState } from 'react';
import { useApi } from '../../api/use-api.js';
import { SearchSelect } from '../../frame/lists/search-select.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Named } from './types.js';

interface TeamPickerProps {
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (teamId: string | null) => void;
}

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
  const [team, setTeam] = useState<Named | null>(null);
  const choose = (chosen: Named | null) => {
    setTeam(chosen);
    onChange(chosen?.id ?? null);
  };
  return (
    <SearchSelect
      label="Team"
      description={organisation === null ? 'Choose an organisation first.' : undefined}
      disabled={organisation === null}
      path={`${base}/organisations/${encodeURIComponent(organisation ?? '')}/teams`}
      value={team?.id === value ? team : null}
      optionOf={asOption}
      nothing="The organisation has no such team"
      error={error}
      onChange={choose}
    />
  );
}

function asOption({ id, name }: Named) {
  return { value: id, label: name };
}
