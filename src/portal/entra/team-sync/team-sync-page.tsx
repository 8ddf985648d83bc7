import { Alert, Anchor, Card, Radio, Stack, Switch, Text, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { Link, useOutletContext } from 'react-router';
import type { Integration } from '../../api/types.js';
import { Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import type { EntraContext } from '../entra-layout.js';
import { SaveSettings } from '../save-settings.js';
import { type SettingsDraft, useSettingsDraft } from '../use-settings-draft.js';
import { ScheduleFields } from './schedule-fields.js';
import { SyncDetails } from './sync-details.js';

/** Team Sync Settings (S13 to S21). */
export function TeamSyncPage() {
  const { integration } = useOutletContext<EntraContext>();
  const draft = useSettingsDraft();
  return (
    <Page title="Team Sync Settings" about="How and when people and teams follow Microsoft Entra ID.">
      <SyncDetails of={integration} />
      <Card withBorder>
        <Stack>
          <Toggles draft={draft} />
          <Title order={2} size="h4">
            Sync Schedule
          </Title>
          <ScheduleFields draft={draft} />
          <GroupChanges draft={draft} />
          <SaveSettings draft={draft} />
        </Stack>
      </Card>
    </Page>
  );
}

function Toggles({ draft: { value, set, mayChange } }: { readonly draft: SettingsDraft }) {
  const { integration } = useOutletContext<EntraContext>();
  const disabled = !mayChange;
  const isFirst = value.usersSync && integration.lastSyncAt === null;
  return (
    <>
      <Switch
        label="Entra ID Users Sync"
        description="On: people come from Microsoft Entra ID. Off: nothing is read or changed, calendars included."
        checked={value.usersSync}
        onChange={(event) => set('usersSync', event.currentTarget.checked)}
        disabled={disabled}
      />
      <Switch
        label="Enable Team Sync"
        description="On: syncs run by themselves. Off: changes are collected, and applied when you choose Sync Now."
        checked={value.teamSync}
        onChange={(event) => set('teamSync', event.currentTarget.checked)}
        disabled={disabled}
      />
      {isFirst && <BeforeTheFirst />}
    </>
  );
}

/** The first sync brings people in: what it would do is to be seen before. */
function BeforeTheFirst() {
  const { path } = useEnterprise();
  return (
    <Alert color="blue" variant="default" icon={<IconInfoCircle aria-hidden />} title="Before the first sync">
      <Text size="sm">
        Map at least one Entra group in{' '}
        <Anchor component={Link} to={`${path}/team-mappings`} inherit>
          Team Mappings
        </Anchor>
        , save, and look at{' '}
        <Anchor component={Link} to={`${path}/plan`} inherit>
          the plan of what would change
        </Anchor>{' '}
        before you choose Sync Now.
      </Text>
    </Alert>
  );
}

function GroupChanges({ draft: { value, set, mayChange } }: { readonly draft: SettingsDraft }) {
  return (
    <Radio.Group
      label="When changes of Entra group membership take effect"
      value={value.groupChanges}
      onChange={(next) => set('groupChanges', next as Integration['groupChanges'])}
    >
      <Stack gap="xs" mt="xs">
        <Radio
          value="as_they_happen"
          label="As they happen"
          description="Somebody added to a mapped Entra group is in the team within seconds; somebody removed leaves it after about a minute."
          disabled={!mayChange}
        />
        <Radio
          value="next_sync"
          label="With the next sync"
          description="Teams change only when a scheduled or manual sync runs. Names, addresses and phone numbers still follow as they happen."
          disabled={!mayChange}
        />
      </Stack>
    </Radio.Group>
  );
}
