import { NavLink, ScrollArea, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link, useLocation, useParams } from 'react-router';
import type { Session } from '../api/types.js';
import { SECTIONS } from '../entra/sections.js';

interface NavigationProps {
  readonly session: Session;
  readonly onNavigate: () => void;
}

/** The account level of the portal: Configure, Integrations (domain 4.1), and the pages of the one that is open. */
export function Navigation({ session, onNavigate }: NavigationProps) {
  const { enterpriseId = session.account.enterpriseId } = useParams();
  const { pathname } = useLocation();
  if (!enterpriseId) return null;
  const integrations = `/enterprises/${encodeURIComponent(enterpriseId)}/integrations`;
  const entra = `${integrations}/entra`;
  return (
    <ScrollArea component="nav" aria-label="Main" h="100%">
      <Text size="xs" fw={700} c="dimmed" tt="uppercase" px="sm" py={4}>
        Configure
      </Text>
      <NavLink
        component={Link}
        to={integrations}
        label="Integrations"
        leftSection={<IconPlugConnected size={18} aria-hidden />}
        active={pathname === integrations}
        onClick={onNavigate}
      />
      {pathname.startsWith(entra) &&
        SECTIONS.map(({ path, label }) => {
          const to = path === '' ? entra : `${entra}/${path}`;
          const isHere = path === '' ? pathname === entra : pathname.startsWith(to);
          return (
            <NavLink
              key={path}
              component={Link}
              {...{ to, label, active: isHere, onClick: onNavigate }}
              pl="xl"
              aria-current={isHere ? 'page' : undefined}
            />
          );
        })}
    </ScrollArea>
  );
}
