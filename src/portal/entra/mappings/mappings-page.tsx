import { Alert, Button, Card, Group, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconInfoCircle, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useApiList } from '../../api/use-api.js';
import { ListTable } from '../../frame/lists/list-table.js';
import { SearchField } from '../../frame/lists/search-field.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { AddMapping } from './add-mapping.js';
import { ChangePriority } from './change-priority.js';
import { mappingColumns } from './mapping-columns.js';
import { RemoveMapping } from './remove-mapping.js';
import type { TeamMapping } from './types.js';

/** Team Mappings (S27 to S30, S40, S41): which Entra groups feed which teams. */
export function MappingsPage() {
  const { base, mayChange } = useEnterprise();
  const [isAdding, { open, close }] = useDisclosure(false);
  const [removing, setRemoving] = useState<TeamMapping | null>(null);
  const [ranking, setRanking] = useState<TeamMapping | null>(null);
  const [{ text, broken }, setFilter] = useFilter(['text', 'broken']);
  const path = `${base}/integration/team-mappings`;
  const list = useApiList<TeamMapping>(path, { text, broken }, { live: ['runs', 'changes'], keep: true });
  const columns = useMemo(
    () => mappingColumns(mayChange ? { onRemove: setRemoving, onPriority: setRanking } : null),
    [mayChange],
  );
  const isNarrowed = text !== null || broken !== null;
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Add mapping
    </Button>
  );
  return (
    <Page
      title="Team Mappings"
      about="Members of a mapped Entra group are placed in its team. Changes take effect with the next sync."
      actions={mayChange ? add : null}
    >
      <Alert color="blue" variant="light" icon={<IconInfoCircle aria-hidden />}>
        Members of Entra groups that are nested in a mapped one count too. Where mappings lead to different
        organisations, a new person comes into the one that stands first here.
      </Alert>
      {!mayChange && <Text c="dimmed">Readers see the mappings; an account administrator can change them.</Text>}
      <Card withBorder>
        <Stack>
          <Filters of={{ text, broken }} onChange={setFilter} />
          <ListTable
            list={list}
            caption="Team Mappings"
            columns={columns}
            keyOf={({ id }) => id}
            empty={isNarrowed ? 'No mapping is like this.' : 'Map at least one group before starting a sync.'}
            minWidth={720}
          />
        </Stack>
      </Card>
      {isAdding && <AddMapping path={path} onClose={close} />}
      {ranking && <ChangePriority path={path} mapping={ranking} onClose={() => setRanking(null)} />}
      {removing && <RemoveMapping path={path} mapping={removing} onClose={() => setRemoving(null)} />}
    </Page>
  );
}

type Narrowed = Readonly<Record<'text' | 'broken', string | null>>;

function Filters({ of, onChange }: { readonly of: Narrowed; readonly onChange: (next: Partial<Narrowed>) => void }) {
  return (
    <Group align="flex-end">
      <SearchField
        label="Find a mapping"
        placeholder="Entra group or team"
        value={of.text}
        onSearch={(text) => onChange({ text })}
      />
      <Switch
        label="Only broken ones"
        checked={of.broken !== null}
        onChange={({ currentTarget }) => onChange({ broken: currentTarget.checked ? 'true' : null })}
      />
    </Group>
  );
}
