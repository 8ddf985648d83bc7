import { Center, Group, Loader, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { ProblemAlert } from './problem-alert.js';

interface PageProps {
  readonly title: string;
  readonly about?: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its one heading; the browser's title follows. */
export function Page({ title, about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – GetHomeSafe`;
  }, [title]);
  return (
    <Stack gap="lg" maw={1100}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {title}
          </Title>
          {about && <Text c="dimmed">{about}</Text>}
        </div>
        {actions && <Group>{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

interface LoadedProps<T> {
  readonly of: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  readonly children: (data: T) => ReactNode;
}

/** What was read, or that it is being read, or why it could not be. What was read before stays while it fails. */
export function Loaded<T>({ of, children }: LoadedProps<T>) {
  const { data, error, refetch } = of;
  if (data !== undefined) {
    return (
      <>
        {error ? <ProblemAlert error={error} title="This may be out of date" onRetry={() => void refetch()} /> : null}
        {children(data)}
      </>
    );
  }
  if (error) return <ProblemAlert error={error} title="This could not be loaded" onRetry={() => void refetch()} />;
  return <Loading />;
}

/** Something is being read, and told to those who do not see it too. */
export function Loading() {
  return (
    <Center mih={120} role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      <Loader aria-hidden />
    </Center>
  );
}
