import { NumberInput, Stack, Switch, Text } from '@mantine/core';
import type { Draft } from '../use-draft.js';
import type { CalendarValues } from './types.js';

interface CalendarSwitchProps {
  readonly draft: Draft<CalendarValues>;
  readonly horizonDays: number;
}

/** On or off, and from when on a calendar that cannot be read counts as stale. */
export function CalendarSwitch({ draft: { value, set, errorOf, mayChange }, horizonDays }: CalendarSwitchProps) {
  return (
    <Stack>
      <Switch
        label="Calendar Activities"
        description={
          value.calendarSync
            ? `Calendars are read ${horizonDays} days ahead, by the Frequency of Team Sync Settings.`
            : 'Off: activities from calendars that have not begun are cancelled with the next sync; the past stays.'
        }
        checked={value.calendarSync}
        onChange={({ currentTarget }) => set('calendarSync', currentTarget.checked)}
        disabled={!mayChange}
      />
      <NumberInput
        label="A calendar is stale after so many hours"
        description="If it could not be verified for so long, it stands first in the list below and on the Overview."
        min={1}
        max={24 * 31}
        allowDecimal={false}
        value={value.calendarStaleHours}
        onChange={(next) => set('calendarStaleHours', Number(next))}
        error={errorOf('calendarStaleHours')}
        disabled={!mayChange}
        maw={420}
      />
      <Text size="sm" c="dimmed">
        Every imported event can raise a Missed Start alert: choose the events with care, and try the rule below.
      </Text>
    </Stack>
  );
}
