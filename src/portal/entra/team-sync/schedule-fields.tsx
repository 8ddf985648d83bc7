import { NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { Integration } from '../../api/types.js';
import type { SettingsDraft } from '../use-settings-draft.js';
import { NextRuns } from './next-runs.js';

const FREQUENCIES = [
  { value: 'daily', label: 'Daily' },
  { value: 'weekly', label: 'Weekly' },
  { value: 'monthly', label: 'Monthly' },
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].map((label, day) => ({
  value: String(day),
  label,
}));
const HINT = 'We recommend a time outside of your core business hours.';

/** Frequency, day, Time of Day with its zone, and what comes of them (S15 to S17). */
export function ScheduleFields({ draft }: { readonly draft: SettingsDraft }) {
  const { value, set, errorOf, mayChange } = draft;
  const disabled = !mayChange;
  const zones = useMemo(() => [...new Set([value.zone, ...Intl.supportedValuesOf('timeZone'), 'UTC'])], [value.zone]);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Frequency"
          data={FREQUENCIES}
          value={value.frequency}
          onChange={(next) => next && set('frequency', next as Integration['frequency'])}
          allowDeselect={false}
          {...{ disabled, error: errorOf('frequency') }}
        />
        <DayField draft={draft} />
        <TextInput
          label="Time of Day"
          type="time"
          description={HINT}
          value={value.time}
          onChange={(event) => set('time', event.currentTarget.value)}
          {...{ disabled, error: errorOf('time') }}
        />
        <Select
          label="Time zone"
          description="The time of day is kept there the year round, summer time included."
          data={zones}
          searchable
          limit={100}
          value={value.zone}
          onChange={(next) => next && set('zone', next)}
          allowDeselect={false}
          nothingFoundMessage="No such time zone: try a city, such as Auckland"
          {...{ disabled, error: errorOf('zone') }}
        />
      </SimpleGrid>
      <NextRuns of={value} />
      {value.frequency !== 'daily' && (
        <Text size="sm" c="dimmed">
          Between syncs, changes in Entra still arrive as Microsoft tells of them; a sync looks at everything again.
        </Text>
      )}
    </Stack>
  );
}

function DayField({ draft: { value, set, errorOf, mayChange } }: { readonly draft: SettingsDraft }) {
  const disabled = !mayChange;
  if (value.frequency === 'weekly') {
    return (
      <Select
        label="Day of the week"
        data={DAYS}
        value={String(value.dayOfWeek)}
        onChange={(next) => next && set('dayOfWeek', Number(next))}
        allowDeselect={false}
        {...{ disabled, error: errorOf('dayOfWeek') }}
      />
    );
  }
  if (value.frequency !== 'monthly') return <div />;
  return (
    <NumberInput
      label="Day of the month"
      description="Months without that day use their last one."
      min={1}
      max={31}
      allowDecimal={false}
      value={value.dayOfMonth}
      onChange={(next) => set('dayOfMonth', Number(next))}
      {...{ disabled, error: errorOf('dayOfMonth') }}
    />
  );
}
