import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

interface SearchFieldProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string | null;
  readonly onSearch: (text: string) => void;
}

const AFTER_MS = 300;

/** A text that filters while somebody types. */
export function SearchField({ value, onSearch, ...rest }: SearchFieldProps) {
  const [text, setText] = useState(value ?? '');
  const search = useDebouncedCallback(onSearch, AFTER_MS);
  return (
    <TextInput
      {...{ w: 290, maw: '100%', ...rest }}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        search(currentTarget.value.trim());
      }}
    />
  );
}
