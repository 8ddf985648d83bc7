import { Text } from '@mantine/core';
import { fieldInWords } from './words.js';

interface ChangeProps {
  readonly before: unknown;
  readonly after: unknown;
}

/** A value of a record before and after; what comes from a directory is text and nothing else. */
export function ChangeValue({ before, after }: ChangeProps) {
  return (
    <Text size="sm" span>
      <Value of={before} />
      <span aria-hidden> → </span>
      <span className="visually-hidden"> became </span>
      <Value of={after} />
    </Text>
  );
}

export function Value({ of }: { readonly of: unknown }) {
  const text = textOf(of);
  if (text === null)
    return (
      <Text span size="sm" c="dimmed">
        nothing
      </Text>
    );
  return (
    <span className="value" dir="auto" title={text.length > LONG ? text : undefined}>
      {text.length > LONG ? `${text.slice(0, LONG)}…` : text}
    </span>
  );
}

const LONG = 200;

/** Objects as "name: value" pairs of what they have. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value !== 'object') return String(value);
  const parts = Array.isArray(value) ? value.map(textOf) : Object.entries(value).map(pairOf);
  return parts.filter((part) => part !== null).join(', ') || null;
}

function pairOf([name, value]: [string, unknown]): string | null {
  const text = textOf(value);
  return text === null ? null : `${fieldInWords(name)}: ${text}`;
}
