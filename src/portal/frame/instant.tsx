import { Text } from '@mantine/core';

const SHOWN = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
});
const SHOWN_WITH_SECONDS = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
});

interface InstantProps {
  /** RFC 3339; null shows `none`. */
  readonly at: string | null | undefined;
  readonly none?: string;
  readonly seconds?: boolean;
}

/** An instant in the viewer's zone with the zone named, in UTC on hover (domain 4.3). */
export function Instant({ at, none = '–', seconds = false }: InstantProps) {
  if (at === null || at === undefined)
    return (
      <Text span inherit>
        {none}
      </Text>
    );
  const text = (seconds ? SHOWN_WITH_SECONDS : SHOWN).format(new Date(at));
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} UTC`} className="number">
      {text}
    </time>
  );
}

/** "5 s", "3 min 20 s", "2 h 10 min": a length of time in words. */
export function durationInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
