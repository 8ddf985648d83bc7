import { Button, Group, Tabs, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { queryOf } from '../../api/client.js';
import { Page } from '../../frame/page.js';
import { SearchField } from '../../frame/search-field.js';
import { useFilter } from '../../frame/use-filter.js';
import { useEnterprise } from '../../session/use-session.js';
import { LedgerTable } from './ledger-table.js';
import { SettingsTable } from './settings-table.js';

/** What was written to records and who changed which setting, newest first. */
export function LogPage() {
  const { base } = useEnterprise();
  const [{ what, person, since, until }, setFilter] = useFilter(['what', 'person', 'since', 'until']);
  const shown = what === 'settings' ? 'settings' : 'ledger';
  const period = { since: instantOf(since), until: instantOf(until) };
  const query = queryOf({ what: shown, ...period, person: shown === 'ledger' ? person : null });
  return (
    <Page
      title="Audit log"
      about="Everything that was written to people, teams and activities, and every change of settings: who, what and why."
      actions={
        <Button
          component="a"
          href={`/api/v1${base}/history/export${query}`}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Download CSV
        </Button>
      }
    >
      <Tabs value={shown} onChange={(next) => setFilter({ what: next })} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="ledger">Records</Tabs.Tab>
          <Tabs.Tab value="settings">Settings and decisions</Tabs.Tab>
        </Tabs.List>
        <Group align="flex-end" my="md">
          {shown === 'ledger' && (
            <SearchField
              label="Person"
              placeholder="E-mail address or id"
              value={person}
              onSearch={(text) => setFilter({ person: text })}
            />
          )}
          <Moment label="From" value={since} onChange={(value) => setFilter({ since: value })} />
          <Moment label="Until" value={until} onChange={(value) => setFilter({ until: value })} />
        </Group>
        <Tabs.Panel value="ledger">
          <LedgerTable filter={{ ...period, person }} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTable filter={period} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

interface MomentProps {
  readonly label: string;
  /** As the browser's own control has it, in the viewer's zone: `2026-09-25T14:30`. */
  readonly value: string | null;
  readonly onChange: (value: string) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** What is half typed is no filter yet. */
function instantOf(text: string | null): string | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
