import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Confirm } from '../../frame/acts/confirm.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { type CalendarFate, CalendarFateChoice } from './calendar-fate.js';
import { useConnecting } from './use-connecting.js';

interface TenantFormProps {
  readonly initial?: string;
  readonly action: string;
  readonly onConnected?: () => void;
}

/** The one thing that has to be supplied: the Tenant GUID (S6, S10). */
export function TenantForm({ initial = '', action, onConnected }: TenantFormProps) {
  const { mayChange } = useEnterprise();
  const [text, setText] = useState(initial);
  const connecting = useConnecting(onConnected);
  const { change } = connecting;
  const [fate, setFate] = useState<CalendarFate>('keep');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void connecting.enter(text);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Tenant GUID"
          required
          placeholder="12345678-90ab-cdef-1234-567890abcdef"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={connecting.fieldError}
          disabled={!mayChange}
        />
        <ProblemAlert error={connecting.otherError} />
        <Group>
          <Button type="submit" loading={connecting.isBusy} disabled={!mayChange}>
            {action}
          </Button>
          {!mayChange && <Text c="dimmed">Only account administrators can connect.</Text>}
        </Group>
      </Stack>
      <Confirm
        opened={change !== null}
        title="Change to another tenant?"
        confirm="Change the tenant"
        isBusy={connecting.isBusy}
        error={connecting.dialogError}
        onConfirm={() => connecting.confirm(fate)}
        onCancel={connecting.cancel}
      >
        <Text className="value">{change?.message}</Text>
        <CalendarFateChoice count={change?.calendarActivities ?? 0} value={fate} onChange={setFate} />
      </Confirm>
    </form>
  );
}
