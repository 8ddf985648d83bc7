import { Button, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { Run } from '../../api/types.js';
import { useAct } from '../../api/use-api.js';
import { Confirm } from '../../frame/acts/confirm.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Undone } from './types.js';
import { countsInWords, fieldInWords, isOpen, KIND_WORDS } from './words.js';

interface UndoRunProps {
  readonly run: Run;
  readonly at: string;
}

/** Takes back what a run wrote, after asking, and tells what was left alone and why. */
export function UndoRun({ run, at }: UndoRunProps) {
  const { mayChange } = useEnterprise();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const undo = useAct<string, Undone>((why) => {
    return { path: `${at}/undo`, method: 'POST', body: why === '' ? {} : { reason: why } };
  });
  if (run.dry || isOpen(run)) return null;
  const close = () => {
    setAsking(false);
    undo.reset();
  };
  return (
    <>
      <UndoButton mayChange={mayChange} onClick={() => setAsking(true)} />
      {undo.data ? (
        <UndoneDialog of={undo.data} onClose={close} />
      ) : (
        <Confirm
          opened={isAsking}
          title="Undo this sync?"
          confirm="Undo this sync"
          isBusy={undo.isPending}
          error={undo.error}
          onConfirm={() => undo.mutate(reason.trim())}
          onCancel={close}
        >
          <Stack gap="sm">
            <Text>This sync: {countsInWords(run.counts).join(', ') || 'no changes counted'}.</Text>
            <Text>
              Former values come back wherever nobody has changed them since. What Entra says now is declined, until it
              changes there.
            </Text>
            <TextInput
              label="Reason"
              description="For the audit log."
              maxLength={500}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
          </Stack>
        </Confirm>
      )}
    </>
  );
}

function UndoButton({ mayChange, onClick }: { readonly mayChange: boolean; readonly onClick: () => void }) {
  return (
    <Button
      color="red"
      variant="light"
      leftSection={<IconArrowBackUp size={16} aria-hidden />}
      disabled={!mayChange}
      title={mayChange ? undefined : 'Only account administrators can undo a sync.'}
      onClick={onClick}
    >
      Undo this sync
    </Button>
  );
}

function UndoneDialog({ of, onClose }: { readonly of: Undone; readonly onClose: () => void }) {
  const { undone, people, left, skipped } = of;
  return (
    <Modal opened onClose={onClose} title="Undone" closeButtonProps={{ 'aria-label': 'Close' }} size="lg">
      <Stack gap="sm">
        <Text role="status">
          {undone.toLocaleString()} changes of {people.toLocaleString()} people were undone.
        </Text>
        {left > 0 && (
          <>
            <Text>
              {left.toLocaleString()} were left as they are
              {left > skipped.length ? `; the first ${skipped.length}` : ''}:
            </Text>
            <List size="sm">
              {skipped.map(({ person, label, kind, field, team, why }) => (
                <List.Item key={[person, kind, field, team].join(' ')}>
                  <span className="value" dir="auto">
                    {label ?? person ?? 'Somebody'}
                  </span>
                  , {KIND_WORDS[kind].toLowerCase()}
                  {field === null ? '' : ` ${fieldInWords(field)}`}: {why}
                </List.Item>
              ))}
            </List>
          </>
        )}
      </Stack>
    </Modal>
  );
}
