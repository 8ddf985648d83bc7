import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page with its heading, to be linked to. */
export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" id={id} aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}
