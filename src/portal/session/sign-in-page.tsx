import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconBrandWindowsFilled } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { send } from '../api/client.js';
import { useApi } from '../api/use-api.js';
import { ProblemAlert } from '../frame/problem-alert.js';
import { localPath } from './local-path.js';
import { SIGN_IN_PROBLEMS } from './sign-in-problems.js';

/** Signing in: with an account of GetHomeSafe, or with Microsoft. */
export function SignInPage() {
  const [search] = useSearchParams();
  const goOn = localPath(search.get('return'));
  const { data: methods } = useApi<{ password: boolean; microsoft: boolean }>('/session/methods');
  const problem = search.get('problem');
  useEffect(() => {
    document.title = 'Sign in – GetHomeSafe';
  }, []);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Stack>
          <Title order={1} size="h3">
            Sign in to GetHomeSafe
          </Title>
          {problem && (
            <Alert color="red" title="You are not signed in" role="alert">
              {SIGN_IN_PROBLEMS[problem] ?? 'The sign-in did not work. Try again.'}
            </Alert>
          )}
          <PasswordForm goOn={goOn} />
          {methods?.microsoft && (
            <>
              <Divider label="or" />
              <Button
                component="a"
                href={`/sign-in/microsoft?return=${encodeURIComponent(goOn)}`}
                variant="default"
                leftSection={<IconBrandWindowsFilled size={16} aria-hidden />}
              >
                Sign in with Microsoft
              </Button>
            </>
          )}
          <Text size="sm" c="dimmed">
            For account administrators, readers and operators.
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}

function PasswordForm({ goOn }: { readonly goOn: string }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const form = useForm({ initialValues: { userName: '', password: '' } });
  const submit = form.onSubmit(async (values) => {
    setSending(true);
    setError(null);
    try {
      await send('/session', { method: 'POST', body: values });
      await queries.resetQueries();
      await navigate(goOn, { replace: true });
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
        <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps('password')} />
        <Button type="submit" loading={isSending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
