import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useEnterprise } from '../session/use-session.js';
import type { EntraPath } from './sections.js';

/** A way to where something is put right. */
export function Way({ to, children }: { readonly to: EntraPath; readonly children: ReactNode }) {
  const { path } = useEnterprise();
  return (
    <Anchor component={Link} size="sm" underline="always" c="inherit" to={`${path}/${to}`}>
      {children}
    </Anchor>
  );
}
