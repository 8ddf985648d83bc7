import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useApiList } from '../../api/use-api.js';

interface SearchSelectProps<T> extends Pick<SelectProps, 'label' | 'description' | 'placeholder' | 'disabled'> {
  /** A list of the API that takes `text`. */
  readonly path: string;
  readonly value: T | null;
  readonly optionOf: (item: T) => { readonly value: string; readonly label: string };
  readonly nothing: string;
  readonly error: string | undefined;
  readonly isFirst?: boolean;
  readonly onChange: (item: T | null) => void;
}

const AFTER_MS = 300;
/** Options of one page; scrolling down, by keyboard too, reads the next. */
const PAGE = 50;
/** Higher than the last line, which no keyboard reaches. */
const NEAR_PX = 80;

/** A choice among many that the service searches, page by page, saying when there are more. */
export function SearchSelect<T>({ path, value, optionOf, nothing, error, isFirst, ...rest }: SearchSelectProps<T>) {
  const { onChange, disabled = false, ...shown } = rest;
  const [search, setSearch] = useState('');
  const chosen = value && optionOf(value);
  const [text] = useDebouncedValue(chosen?.label === search ? '' : search.trim(), AFTER_MS);
  const found = useApiList<T>(path, { text, limit: PAGE }, { enabled: !disabled, keep: true });
  const { items, isFetching, hasNextPage, data } = found;
  const isThere = chosen === null || items.some((item) => optionOf(item).value === chosen.value);
  const all = isThere || value === null ? items : [value, ...items];
  const isMore = hasNextPage || data?.pages.at(-1)?.more === true;
  const more = { value: '…', label: moreText(items.length, hasNextPage), disabled: true };
  const list = useRef<HTMLDivElement>(null);
  const scrolled = ({ y }: { y: number }) => {
    const below = (list.current?.scrollHeight ?? 0) - (list.current?.clientHeight ?? 0) - y;
    if (below < NEAR_PX && hasNextPage && !isFetching) void found.fetchNextPage();
  };
  return (
    <Select
      {...{ ...shown, disabled, required: true, searchable: true, value: chosen?.value ?? null }}
      data={[...all.map(optionOf), ...(isMore ? [more] : [])]}
      // The service has looked already.
      filter={({ options }) => options}
      onSearchChange={setSearch}
      onChange={(id) => onChange(all.find((item) => optionOf(item).value === id) ?? null)}
      nothingFoundMessage={isFetching ? 'Looking…' : nothing}
      scrollAreaProps={{ viewportRef: list, onScrollPositionChange: scrolled }}
      error={error ?? found.error?.message}
      {...(isFirst ? { 'data-autofocus': true } : {})}
    />
  );
}

function moreText(shown: number, goesOn: boolean): string {
  return `${shown.toLocaleString()} shown, there are more: ${goesOn ? 'scroll on, or ' : ''}type more of the name`;
}
