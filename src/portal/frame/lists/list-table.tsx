import { Box, Button, Group, Stack, Table, Text } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { useApiList } from '../../api/use-api.js';
import { Loading } from '../page.js';
import { ProblemAlert } from '../problem-alert.js';

export interface Column<T> {
  readonly heading: string;
  readonly cell: (item: T) => ReactNode;
  readonly align?: 'right';
}

interface ListTableProps<T> {
  readonly list: ReturnType<typeof useApiList<T>>;
  /** What the table shows, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** What is said where there is nothing, with what to do first. */
  readonly empty: ReactNode;
  readonly minWidth?: number;
}

/** A list of the API as a table, read on as far as somebody wants to see. */
export function ListTable<T>({ list, caption, columns, keyOf, empty, minWidth = 640 }: ListTableProps<T>) {
  const { items, error, isPending, isPlaceholderData, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const failed = <ProblemAlert error={error} title="This could not be loaded" onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  if (items.length === 0) return error ? failed : <Text c="dimmed">{empty}</Text>;
  return (
    // What another filter found is not what is looked for.
    <Stack gap="xs" aria-busy={isPlaceholderData} opacity={isPlaceholderData ? 0.5 : 1}>
      {failed}
      <RowsTable {...{ caption, columns, keyOf, minWidth }} rows={items} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {items.length} shown{hasNextPage ? ', there are more' : ''}
        </Text>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface RowsTableProps<T> extends Pick<ListTableProps<T>, 'caption' | 'columns' | 'keyOf' | 'minWidth'> {
  readonly rows: readonly T[];
}

/**
 * Rows as a table that scrolls by itself where there is no room, and on a phone as one card a row (portal.css). The
 * roles are said because a table that is laid out as something else is none for some browsers.
 */
export function RowsTable<T>({ caption, columns, keyOf, rows, minWidth = 0 }: RowsTableProps<T>) {
  return (
    // Focusable, so that a keyboard can scroll it.
    <Box component="section" aria-label={caption} tabIndex={0} style={{ overflowX: 'auto' }}>
      <Table
        className="rows"
        style={{ '--rows-width': `${minWidth}px` }}
        verticalSpacing="xs"
        role="table"
        aria-label={caption}
      >
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {columns.map(({ heading, align }) => (
              <Table.Th key={heading} role="columnheader" scope="col" ta={align ?? 'left'}>
                {heading}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {rows.map((row) => (
            <Row key={keyOf(row)} {...{ row, columns }} />
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function PlainRow<T>({ row, columns }: { readonly row: T; readonly columns: readonly Column<T>[] }) {
  return (
    <Table.Tr role="row">
      {columns.map(({ heading, cell, align }) => (
        <Table.Td key={heading} role="cell" data-heading={heading} ta={align ?? 'left'} valign="top">
          {cell(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

/** Drawn again only where it or the columns are others: one more page of a long list costs one page. */
const Row = memo(PlainRow) as typeof PlainRow;
