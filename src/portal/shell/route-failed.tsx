import { Container } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ProblemAlert } from '../frame/problem-alert.js';

/** The last resort: a page that could not be shown, such as after a new version was installed. */
export function RouteFailed() {
  const error = useRouteError();
  return (
    <Container py="xl">
      <ProblemAlert
        error={error instanceof Error ? error : new Error('This page could not be shown.')}
        title="This page could not be shown"
        onRetry={() => window.location.reload()}
      />
    </Container>
  );
}
