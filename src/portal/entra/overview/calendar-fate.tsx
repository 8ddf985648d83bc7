import { Radio, Stack } from '@mantine/core';

export type CalendarFate = 'keep' | 'cancel';

interface CalendarFateProps {
  /** Activities from calendars that have not begun. */
  readonly count: number;
  readonly value: CalendarFate;
  readonly onChange: (value: CalendarFate) => void;
}

/** What becomes of planned activities when the tenant is left, for none or for another (domain 4.5). */
export function CalendarFateChoice({ count, value, onChange }: CalendarFateProps) {
  if (count === 0) return null;
  return (
    <Radio.Group
      {...{ mt: 'sm', value, onChange: (next: string) => onChange(next === 'cancel' ? 'cancel' : 'keep') }}
      label={`Activities from calendars that have not begun: ${count.toLocaleString()}`}
    >
      <Stack gap={4} mt={4}>
        <Radio value="keep" label="Keep them: a missed start is still noticed" />
        <Radio value="cancel" label="Cancel them" />
      </Stack>
    </Radio.Group>
  );
}
