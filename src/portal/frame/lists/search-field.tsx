import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

interface SearchFieldProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string | null;
  readonly onSearch: (text: string) => void;
}

const AFTER_MS = 300;

/** A text that filters while somebody types, and that follows where the filter is changed elsewhere, such as by a link. */
export function SearchField({ value, onSearch, ...rest }: SearchFieldProps) {
  const [text, setText] = useState(value ?? '');
  const searched = useRef(text);
  const search = useDebouncedCallback((wanted: string) => {
    searched.current = wanted;
    onSearch(wanted);
  }, AFTER_MS);
  useEffect(() => {
    const now = value ?? '';
    if (now === searched.current) return;
    searched.current = now;
    search.cancel();
    setText(now);
  }, [value, search]);
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
