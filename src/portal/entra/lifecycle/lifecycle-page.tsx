import { Card, NumberInput, Radio, Stack, Switch } from '@mantine/core';
import type { Integration } from '../../api/types.js';
import { Page } from '../../frame/page.js';
import { SaveSettings } from '../save-settings.js';
import { type SettingsDraft, useSettingsDraft } from '../use-settings-draft.js';

/** What becomes of people who leave, are disabled or are guests, and when removals are held. */
export function LifecyclePage() {
  const draft = useSettingsDraft();
  return (
    <Page title="Lifecycle" about="What happens when people leave, are disabled, or would be removed in great numbers.">
      <Card withBorder>
        <Stack gap="lg">
          <Leaving draft={draft} />
          <Brake draft={draft} />
          <Toggles draft={draft} />
          <SaveSettings draft={draft} />
        </Stack>
      </Card>
    </Page>
  );
}

function Leaving({ draft: { value, set, mayChange } }: { readonly draft: SettingsDraft }) {
  const disabled = !mayChange;
  return (
    <>
      <Radio.Group
        label="When somebody is in no mapped Entra group any more"
        value={value.onLeaveAllGroups}
        onChange={(next) => set('onLeaveAllGroups', next as Integration['onLeaveAllGroups'])}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="keep"
            label="Keep the profile"
            description="The teams that the sync gave are taken; teams given by hand stay."
            disabled={disabled}
          />
          <Radio
            value="archive"
            label="Archive the profile"
            description="It leaves the user list and keeps its history; back in a mapped Entra group, it is restored."
            disabled={disabled}
          />
        </Stack>
      </Radio.Group>
      <Radio.Group
        label="When an account is disabled or deleted in Entra"
        value={value.onDisabledOrDeleted}
        onChange={(next) => set('onDisabledOrDeleted', next as Integration['onDisabledOrDeleted'])}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="archive"
            label="Archive the profile"
            description="Never while the person is in an activity: then it waits until the activity has ended."
            disabled={disabled}
          />
          <Radio
            value="keep"
            label="Keep the profile"
            description="An account administrator archives it by hand."
            disabled={disabled}
          />
        </Stack>
      </Radio.Group>
    </>
  );
}

function Brake({ draft: { value, set, errorOf, mayChange } }: { readonly draft: SettingsDraft }) {
  return (
    <NumberInput
      label="Hold removals above this share of people, in percent"
      description="From five people on: more archives, team removals, changed addresses, emptied fields or cancellations of a day than this are held until somebody approves them. Additions go on."
      min={1}
      max={100}
      allowDecimal={false}
      suffix=" %"
      maw={420}
      value={value.removalBrakePercent}
      onChange={(next) => set('removalBrakePercent', Number(next))}
      disabled={!mayChange}
      error={errorOf('removalBrakePercent')}
    />
  );
}

function Toggles({ draft: { value, set, mayChange } }: { readonly draft: SettingsDraft }) {
  const toggle = (name: 'includeGuests' | 'sendInvitations' | 'sendAddressNotices', label: string, about: string) => (
    <Switch
      label={label}
      description={about}
      checked={value[name]}
      onChange={(event) => set(name, event.currentTarget.checked)}
      disabled={!mayChange}
    />
  );
  return (
    <>
      {toggle(
        'includeGuests',
        'Include guests',
        'Guest accounts in mapped Entra groups come in too, without calendars.',
      )}
      {toggle('sendInvitations', 'Send invitations', 'Whom the sync adds from the next sync on is invited, once.')}
      {toggle(
        'sendAddressNotices',
        'Send address notices',
        'The person, at the new address, and the account administrators are told when a sign-in address changes.',
      )}
    </>
  );
}
