import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { ApiProblem } from '../api/client.js';
import { useAct } from '../api/use-api.js';
import { ProblemAlert } from '../frame/problem-alert.js';

const BLANK = { currentPassword: '', newPassword: '' };

/** One's own password: the one of now is asked for, and every other session of the account ends. */
export function ChangePassword({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const form = useForm({ initialValues: BLANK });
  const act = useAct<typeof BLANK>((body) => ({ path: '/session/password', method: 'PUT', body }));
  const close = () => {
    form.reset();
    act.reset();
    onClose();
  };
  const done = () => {
    close();
    notifications.show({ message: 'Your password is changed. Other sessions have ended.', color: 'teal' });
  };
  const wrongAt = (field: keyof typeof BLANK) =>
    act.error instanceof ApiProblem && act.error.field === field ? act.error.message : null;
  const isAtField = wrongAt('currentPassword') ?? wrongAt('newPassword');
  return (
    <Modal opened={opened} onClose={close} title="Change password" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => act.mutate(values, { onSuccess: done }))}>
        <Stack>
          <Text size="sm">Wherever else you are signed in, you have to sign in again.</Text>
          {!isAtField && <ProblemAlert error={act.error} title="Your password is not changed" />}
          <PasswordInput
            {...{ label: 'Current password', autoComplete: 'current-password', required: true }}
            {...form.getInputProps('currentPassword')}
            error={wrongAt('currentPassword')}
          />
          <PasswordInput
            {...{ label: 'New password', description: '12 to 128 characters.', autoComplete: 'new-password' }}
            {...form.getInputProps('newPassword')}
            error={wrongAt('newPassword')}
            required
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
