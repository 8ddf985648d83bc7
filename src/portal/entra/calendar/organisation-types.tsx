import { Button, Card, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Organisation } from './types.js';

interface OrganisationTypesProps {
  readonly path: string;
  readonly organisations: readonly Organisation[];
}

/** What each organisation makes of calendars (E57). */
export function OrganisationTypes({ path, organisations }: OrganisationTypesProps) {
  return (
    <Card withBorder component="section" aria-label="Organisations">
      <Stack>
        <Title order={2} size="h4">
          Organisations
        </Title>
        <Text c="dimmed">Without an activity type no activity is made of an organisation's calendars.</Text>
        {organisations.map((organisation) => (
          <OrganisationType key={organisation.id} {...{ path, organisation }} />
        ))}
      </Stack>
    </Card>
  );
}

function OrganisationType({ path, organisation }: { readonly path: string; readonly organisation: Organisation }) {
  const { id, name, type, needsApproval } = organisation;
  const { mayChange } = useEnterprise();
  const [edits, setEdits] = useState<{ type?: string; needsApproval?: boolean }>({});
  const value = { type: type ?? '', needsApproval, ...edits };
  const isDirty = value.type !== (type ?? '') || value.needsApproval !== needsApproval;
  const act = useAct<object>((body) => {
    return { path: `${path}/organisations/${encodeURIComponent(id)}`, method: 'PATCH', body };
  });
  const save = () =>
    act.mutate(
      { type: value.type.trim() === '' ? null : value.type, needsApproval: value.needsApproval },
      { onSuccess: () => setEdits({}) },
    );
  return (
    <Group align="flex-end" role="group" aria-label={name}>
      <TextInput
        label={<span className="value">Activity type of {name}</span>}
        placeholder="None: no activity is made"
        maxLength={100}
        value={value.type}
        onChange={({ currentTarget }) => setEdits({ ...edits, type: currentTarget.value })}
        disabled={!mayChange}
        error={act.error?.message}
        w={260}
        maw="100%"
      />
      <Checkbox
        label="Needs approval"
        checked={value.needsApproval}
        onChange={({ currentTarget }) => setEdits({ ...edits, needsApproval: currentTarget.checked })}
        disabled={!mayChange}
        mb={8}
      />
      {mayChange && (
        <Button variant="default" onClick={save} disabled={!isDirty} loading={act.isPending}>
          Save for {name}
        </Button>
      )}
      <Text size="sm" c="dimmed" role="status" mb={8}>
        {isDirty ? 'Not saved yet' : act.isSuccess ? 'Saved; it follows as calendars are read' : ''}
      </Text>
    </Group>
  );
}
