import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import type { Session } from '../api/types.js';
import { ChangePassword } from '../session/change-password.js';
import { useSignOut } from '../session/use-session.js';

const ROLES = { admin: 'Account administrator', reader: 'Reader', operator: 'Operator' } as const;

/** Who is signed in, light or dark, and the way out. */
export function AccountMenu({ session: { account } }: { readonly session: Session }) {
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const [isChanging, changing] = useDisclosure(false);
  const leave = async () => {
    await signOut();
    await navigate('/sign-in', { replace: true });
  };
  return (
    <>
      <ChangePassword opened={isChanging} onClose={changing.close} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" radius="xl" aria-label={`Account of ${account.userName}`}>
            <IconUser size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {account.displayName ?? account.userName} · {ROLES[account.role]}
          </Menu.Label>
          <Menu.Item leftSection={<IconSun size={16} aria-hidden />} onClick={() => setColorScheme('light')}>
            Light
          </Menu.Item>
          <Menu.Item leftSection={<IconMoon size={16} aria-hidden />} onClick={() => setColorScheme('dark')}>
            Dark
          </Menu.Item>
          <Menu.Item leftSection={<IconDeviceDesktop size={16} aria-hidden />} onClick={() => setColorScheme('auto')}>
            As the device
          </Menu.Item>
          <Menu.Divider />
          {account.hasPassword && (
            <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={changing.open}>
              Change password
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
