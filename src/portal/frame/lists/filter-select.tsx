import { Select, type SelectProps } from '@mantine/core';

interface FilterSelectProps extends Pick<SelectProps, 'data' | 'value' | 'searchable' | 'w'> {
  readonly label: string;
  /** What no choice means. */
  readonly all?: string;
  readonly onChange: (value: string | null) => void;
}

/** Longer lists are searched. */
const SHOWN_MOST = 100;

/** A filter by one of some values, or by none. */
export function FilterSelect({ label, all = 'All', ...rest }: FilterSelectProps) {
  return <Select {...{ label, placeholder: all, limit: SHOWN_MOST, w: 200 }} clearable {...rest} />;
}
