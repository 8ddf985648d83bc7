import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useApiList } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { useEnterprise } from '../../session/use-session.js';
import { ChangeValue } from '../history/change-value.js';
import { useTeamNames } from '../history/run-items.js';
import type { LedgerEntry } from '../history/types.js';
import { fieldInWords, KIND_WORDS } from '../history/words.js';
import { Named } from '../named.js';

interface LedgerTableProps {
  readonly filter: { readonly person: string | null; readonly since: string | null; readonly until: string | null };
}

const CAUSES: Readonly<Record<LedgerEntry['cause']['by'], string>> = {
  notification: 'Told by Microsoft',
  catch_up: 'Catch-up',
  fan_out: 'Change of a group',
  look: 'Second look',
  recheck: 'Checked again',
  run: 'Sync',
  person: 'Somebody',
  undo: 'Undo',
};

/** What was written to records, newest first. */
export function LedgerTable({ filter }: LedgerTableProps) {
  const { base, path } = useEnterprise();
  const teams = useTeamNames(base);
  const entries = useApiList<LedgerEntry>(`${base}/history/ledger`, filter, { live: ['changes'] });
  const isFiltered = Object.values(filter).some((value) => value !== null);
  return (
    <ListTable
      list={entries}
      caption="What was written to records, newest first"
      columns={columnsOf(path, teams)}
      keyOf={({ id }) => id}
      empty={isFiltered ? 'Nothing matches.' : 'Nothing was written yet.'}
      minWidth={860}
    />
  );
}

function columnsOf(path: string, teams: ReadonlyMap<string, string>): readonly Column<LedgerEntry>[] {
  return [
    { heading: 'When', cell: ({ at }) => <Instant at={at} seconds /> },
    {
      heading: 'Person',
      cell: ({ user, label, person }) => (
        <Anchor
          component={Link}
          className="value"
          dir="auto"
          size="sm"
          to={`${path}/people/${encodeURIComponent(user)}`}
        >
          {label ?? person ?? user}
        </Anchor>
      ),
    },
    {
      heading: 'What',
      cell: ({ kind, field, team }) => (
        <Text size="sm">
          {KIND_WORDS[kind]}
          {field !== null && `: ${fieldInWords(field)}`}{' '}
          {team !== null && (
            <span className="value" dir="auto">
              {teams.get(team) ?? 'a team that is gone'}
            </span>
          )}
        </Text>
      ),
    },
    { heading: 'Before → after', cell: (entry) => (entry.team === null ? <ChangeValue {...entry} /> : '–') },
    {
      heading: 'Why',
      cell: ({ why }) => (
        <Text size="sm">
          <Named text={why} />
        </Text>
      ),
    },
    { heading: 'By', cell: ({ cause }) => <Cause path={path} cause={cause} /> },
  ];
}

function Cause({ path, cause }: { readonly path: string; readonly cause: LedgerEntry['cause'] }) {
  const { by, who, reason, runId } = cause;
  if (runId) {
    return (
      <Anchor component={Link} size="sm" to={`${path}/history/${encodeURIComponent(runId)}`}>
        {CAUSES[by]}
      </Anchor>
    );
  }
  return (
    <Text size="sm" className="value">
      {CAUSES[by]}
      {who === undefined ? '' : `: ${who}`}
      {reason ? ` (${reason})` : ''}
    </Text>
  );
}
