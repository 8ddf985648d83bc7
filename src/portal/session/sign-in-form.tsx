import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconBrandWindowsFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { send } from '../api/client.js';
import { useApi } from '../api/use-api.js';
import { ProblemAlert } from '../frame/problem-alert.js';

interface SignInFormProps {
  /** Where Microsoft sends the browser back to. */
  readonly goOn: string;
  /** Whose session has ended: their page stays open, and Microsoft's opens beside it. */
  readonly again?: { readonly userName: string };
  /** After the password was right. */
  readonly onSignedIn: () => Promise<void>;
}

/** Signing in: with an account of GetHomeSafe, or with Microsoft. */
export function SignInForm({ goOn, again, onSignedIn }: SignInFormProps) {
  const { data: methods } = useApi<{ password: boolean; microsoft: boolean }>('/session/methods');
  return (
    <>
      <PasswordForm userName={again?.userName ?? ''} onSignedIn={onSignedIn} />
      {methods?.microsoft && (
        <>
          <Divider label="or" />
          <Button
            component="a"
            href={`/sign-in/microsoft?return=${encodeURIComponent(goOn)}`}
            {...(again ? { target: '_blank' } : {})}
            variant="default"
            leftSection={<IconBrandWindowsFilled size={16} aria-hidden />}
          >
            Sign in with Microsoft{again && ' in a new tab, then come back'}
          </Button>
        </>
      )}
    </>
  );
}

function PasswordForm({ userName, onSignedIn }: { userName: string; onSignedIn: () => Promise<void> }) {
  const [error, setError] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const form = useForm({ initialValues: { userName, password: '' } });
  const submit = form.onSubmit(async (values) => {
    setSending(true);
    setError(null);
    try {
      await send('/session', { method: 'POST', body: values });
      await onSignedIn();
    } catch (failure) {
      setError(failure);
    } finally {
      setSending(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemAlert error={error} title="You are not signed in" />
        <TextInput
          label="User name"
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps('userName')}
        />
        <PasswordInput
          {...{ label: 'Password', autoComplete: 'current-password', required: true }}
          {...(userName === '' ? {} : { 'data-autofocus': true })}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={isSending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
