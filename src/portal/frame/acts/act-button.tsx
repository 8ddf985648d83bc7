import { Button, type ButtonProps, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useAct } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import { Confirm } from './confirm.js';

interface ActButtonProps<Answer> extends Pick<ButtonProps, 'color' | 'variant' | 'size' | 'disabled'> {
  readonly label: string;
  /** Of the same label on many rows: whom it is about, for screen readers. */
  readonly about?: string;
  /** Path of the act, which is sent by POST. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Asked before it is done, with what is taken away; nothing is asked where there is none. */
  readonly ask?: { readonly title: string; readonly text: ReactNode };
  /** What is told afterwards. */
  readonly done: (answer: Answer) => string;
  readonly onDone?: (answer: Answer) => void;
}

/** A button for an act of account administrators; readers do not see it. Acts that are asked about take a reason. */
export function ActButton<Answer>({ label, about, path, body, ask, done, onDone, ...look }: ActButtonProps<Answer>) {
  const { mayChange } = useEnterprise();
  const [isAsked, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const act = useAct<null, Answer>(() => ({ path, method: 'POST', body: bodyOf(body, ask && reason) }));
  if (!mayChange) return null;
  const send = async () => {
    try {
      // Not by callbacks of the mutation: what the act changed may have taken this button off the page by then.
      const answer = await act.mutateAsync(null);
      close();
      setReason('');
      notifications.show({ message: done(answer), color: 'teal' });
      onDone?.(answer);
    } catch (error) {
      if (!ask) notifications.show({ message: messageOf(error), color: 'red', autoClose: 10_000 });
    }
  };
  const begin = () => {
    act.reset();
    open();
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        {...look}
        aria-label={about === undefined ? undefined : `${label}: ${about}`}
        loading={act.isPending && !ask}
        onClick={ask ? begin : () => void send()}
      >
        {label}
      </Button>
      {ask && (
        <Confirm
          {...{ opened: isAsked, title: ask.title, confirm: label, isBusy: act.isPending, error: act.error }}
          onCancel={close}
          onConfirm={() => void send()}
        >
          <Stack gap="sm">
            <div>{ask.text}</div>
            <Reason value={reason} onChange={setReason} />
          </Stack>
        </Confirm>
      )}
    </>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  return (
    <TextInput
      {...{ label: 'Reason', description: 'For the audit log; may be left empty.', maxLength: 500, value }}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function bodyOf(body: ActButtonProps<unknown>['body'], reason: string | undefined): object | undefined {
  const why = reason?.trim();
  if (why) return { ...body, reason: why };
  return body ?? (reason === undefined ? undefined : {});
}
