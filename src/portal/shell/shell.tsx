import { Anchor, AppShell, Burger, Group, MantineThemeProvider, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconShieldCheckFilled } from '@tabler/icons-react';
import { Link, Navigate, Outlet, useLocation, useParams } from 'react-router';
import type { Session } from '../api/types.js';
import { useLive } from '../api/use-live.js';
import { Loaded } from '../frame/page.js';
import { SessionEnded } from '../session/session-ended.js';
import { useSession } from '../session/use-session.js';
import { AccountMenu } from './account-menu.js';
import { EnterprisePicker } from './enterprise-picker.js';
import { Navigation } from './navigation.js';

/** Everything for people who are signed in: header, navigation, and the page. */
export function Shell() {
  const session = useSession();
  const { pathname, search } = useLocation();
  return (
    <Loaded of={session}>
      {(data) =>
        data === null ? (
          <Navigate to={`/sign-in?return=${encodeURIComponent(pathname + search)}`} replace />
        ) : (
          <PageOf key={data.account.id} session={data} />
        )
      }
    </Loaded>
  );
}

/** With a session that has ended, dialogs of the page stay as they are, whatever key is pressed above them. */
const KEPT = { components: { Modal: { defaultProps: { closeOnEscape: false } } } };
const AS_EVER = {};

/** The page of one person; nothing of it, such as what they typed, is there for the next one. */
function PageOf({ session }: { readonly session: Session }) {
  return (
    <>
      <MantineThemeProvider inherit theme={session.hasEnded ? KEPT : AS_EVER}>
        <SignedIn session={session} />
      </MantineThemeProvider>
      {session.hasEnded && <SessionEnded session={session} />}
    </>
  );
}

function SignedIn({ session }: { readonly session: Session }) {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { enterpriseId = null } = useParams();
  const isLive = useLive(session.hasEnded ? null : enterpriseId);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 250, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="lg"
      data-live={isLive}
    >
      <Anchor href="#page" className="skip-link">
        Skip to the page
      </Anchor>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <UnstyledButton component={Link} to="/">
              <Group gap={6} wrap="nowrap">
                <IconShieldCheckFilled aria-hidden color="var(--mantine-color-teal-filled)" />
                <Text fw={700}>GetHomeSafe</Text>
              </Group>
            </UnstyledButton>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <EnterprisePicker session={session} />
            <AccountMenu session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Navigation session={session} onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
