import { useApiList } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/list-table.js';
import { useEnterprise } from '../../session/use-session.js';
import { ChangeValue } from '../history/change-value.js';
import type { SettingsChange } from '../history/types.js';

const COLUMNS: readonly Column<SettingsChange>[] = [
  { heading: 'When', cell: ({ at }) => <Instant at={at} seconds /> },
  { heading: 'Who', cell: ({ who }) => <span className="value">{who}</span> },
  { heading: 'What', cell: ({ what }) => inWords(what) },
  { heading: 'Before → after', cell: (change) => <ChangeValue {...change} /> },
];

/** Who changed which setting, connection or decision, newest first. */
export function SettingsTable({ filter }: { readonly filter: { since: string | null; until: string | null } }) {
  const { base } = useEnterprise();
  const changes = useApiList<SettingsChange>(`${base}/history/settings`, filter, { live: ['changes', 'problems'] });
  return (
    <ListTable
      list={changes}
      caption="Changes of settings and decisions, newest first"
      columns={COLUMNS}
      keyOf={({ id }) => id}
      empty="Nothing matches."
    />
  );
}

/** `settings.changed` is "Settings changed". */
function inWords(what: string): string {
  const words = what.replaceAll(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
