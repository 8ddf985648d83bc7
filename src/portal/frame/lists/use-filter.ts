import { useSearchParams } from 'react-router';

/** Filters of a list in the address, so that links, the back button and reloading keep them. */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, search.get(name)])) as Record<Name, string | null>;
  const set = (changes: Partial<Record<Name, string | null>>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | null | undefined>(changes)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  return [values, set] as const;
}
