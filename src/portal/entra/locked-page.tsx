import { Alert, Anchor } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Page } from '../frame/page.js';
import { useEnterprise } from '../session/use-session.js';
import { LOCKED } from './sections.js';

/** A page that cannot be used yet, with what unlocks it (S12). */
export function LockedPage({ title }: { readonly title: string }) {
  const { path } = useEnterprise();
  return (
    <Page title={title}>
      <Alert variant="default" icon={<IconLock aria-hidden />} title={LOCKED}>
        <Anchor component={Link} to={path}>
          Connect Microsoft Entra ID
        </Anchor>
      </Alert>
    </Page>
  );
}
