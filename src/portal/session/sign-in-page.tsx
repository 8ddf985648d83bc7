import { Alert, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { localPath } from './local-path.js';
import { SignInForm } from './sign-in-form.js';
import { SIGN_IN_PROBLEMS } from './sign-in-problems.js';

/** Where whoever is not signed in begins. */
export function SignInPage() {
  const [search] = useSearchParams();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const goOn = localPath(search.get('return'));
  const problem = search.get('problem');
  useEffect(() => {
    document.title = 'Sign in – GetHomeSafe';
  }, []);
  const enter = async () => {
    await queries.resetQueries();
    await navigate(goOn, { replace: true });
  };
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
          <SignInForm goOn={goOn} onSignedIn={enter} />
          <Text size="sm" c="dimmed">
            For account administrators, readers and operators.
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}
