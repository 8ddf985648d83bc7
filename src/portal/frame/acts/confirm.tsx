import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from '../problem-alert.js';

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly cancel?: string;
  readonly isBusy?: boolean;
  readonly error?: unknown;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  /** What it takes away, and what stays. */
  readonly children: ReactNode;
}

/** Asks once more before something is taken away. */
export function Confirm({ opened, title, confirm, cancel = 'Cancel', children, ...rest }: ConfirmProps) {
  const { onConfirm, onCancel, isBusy = false, error } = rest;
  return (
    <Modal opened={opened} onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <div>{children}</div>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel} data-autofocus>
            {cancel}
          </Button>
          <Button color="red" onClick={onConfirm} loading={isBusy}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
