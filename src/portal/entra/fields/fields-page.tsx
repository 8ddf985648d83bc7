import { Alert, Card, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useApi } from '../../api/use-api.js';
import { usePreview } from '../../api/use-preview.js';
import { Instant } from '../../frame/instant.js';
import { RowsTable } from '../../frame/lists/list-table.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Loaded, Page } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { PersonPicker } from '../person-picker.js';
import { SaveSettings } from '../save-settings.js';
import { useDraft } from '../use-draft.js';
import { fieldColumns } from './field-columns.js';
import type { FieldMappings, FieldSample, Sources } from './types.js';

/** Field Mappings (S22 to S26), with what they make of a sample person (S38, S39). */
export function FieldsPage() {
  const { base } = useEnterprise();
  const mappings = useApi<FieldMappings>(`${base}/integration/fields`, { live: ['runs', 'changes'] });
  return (
    <Page
      title="Field Mappings"
      about="Which attribute of a Microsoft Entra ID profile feeds which field in GetHomeSafe."
    >
      <Alert color="blue" variant="light" icon={<IconInfoCircle aria-hidden />}>
        Ensure that the source fields in your Microsoft Entra ID are populated correctly to prevent blank data from
        appearing in user profiles.
      </Alert>
      <Loaded of={mappings}>{(data) => <FieldsForm mappings={data} />}</Loaded>
    </Page>
  );
}

function FieldsForm({ mappings: { items, revision } }: { readonly mappings: FieldMappings }) {
  const { base } = useEnterprise();
  const [{ person }, setFilter] = useFilter(['person']);
  const path = `${base}/integration/fields`;
  const saved = Object.fromEntries(items.map(({ target, source }) => [target, source])) as Sources;
  const draft = useDraft({ saved, revision, path });
  const asked = person === null ? null : { person, mapping: draft.value };
  const sample = usePreview<FieldSample>(`${path}/preview`, asked, ['changes']);
  const data = person === null ? undefined : sample.data;
  return (
    <Stack gap="lg">
      <PersonPicker
        label="Sample person"
        description="Shows what the mappings make of one person, as Microsoft Entra ID has them now."
        value={person}
        nameOfValue={sample.data?.name}
        onChange={(next) => setFilter({ person: next })}
      />
      {person !== null && <ProblemAlert error={sample.error} title="The sample could not be read" />}
      <Card withBorder>
        <Stack>
          <RowsTable
            caption="Field Mappings"
            columns={fieldColumns({ draft, sample: data })}
            keyOf={({ target }) => target}
            rows={items}
            minWidth={data ? 860 : 480}
          />
          {data && (
            <Text size="sm" c="dimmed" role="status">
              <span className="value">{data.name ?? data.objectId}</span>, read from Microsoft Entra ID on{' '}
              <Instant at={data.readAt} seconds />
              {data.id === null && '. This person has no profile in GetHomeSafe yet'}.
            </Text>
          )}
          <SaveSettings draft={draft} />
        </Stack>
      </Card>
    </Stack>
  );
}
