import { NavLink, ScrollArea, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link, useLocation, useParams } from 'react-router';
import type { Session } from '../api/types.js';
import { SECTIONS } from '../entra/sections.js';
import { isOperator, OPERATOR_SECTIONS } from '../operator/operator-sections.js';

interface NavigationProps {
  readonly session: Session;
  readonly onNavigate: () => void;
}

/** The account level of the portal: Configure, Integrations (domain 4.1), the pages of the one that is open, and operators'. */
export function Navigation({ session, onNavigate }: NavigationProps) {
  const { enterpriseId = session.account.enterpriseId } = useParams();
  return (
    <ScrollArea component="nav" aria-label="Main" h="100%">
      {enterpriseId && <OfEnterprise enterpriseId={enterpriseId} onNavigate={onNavigate} />}
      {isOperator(session) && <OfOperators onNavigate={onNavigate} />}
    </ScrollArea>
  );
}

function Heading({ children }: { readonly children: string }) {
  return (
    <Text size="xs" fw={700} c="dimmed" tt="uppercase" px="sm" py={4}>
      {children}
    </Text>
  );
}

function OfEnterprise({
  enterpriseId,
  onNavigate,
}: {
  readonly enterpriseId: string;
  readonly onNavigate: () => void;
}) {
  const { pathname } = useLocation();
  const integrations = `/enterprises/${encodeURIComponent(enterpriseId)}/integrations`;
  const entra = `${integrations}/entra`;
  return (
    <>
      <Heading>Configure</Heading>
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
          return <PageLink key={path} {...{ to, label, onNavigate }} isExact={path === ''} />;
        })}
    </>
  );
}

function OfOperators({ onNavigate }: { readonly onNavigate: () => void }) {
  return (
    <>
      <Heading>Operator</Heading>
      {OPERATOR_SECTIONS.map(({ path, label }) => (
        <PageLink key={path} {...{ to: path, label, onNavigate }} isExact={path === '/operator'} />
      ))}
    </>
  );
}

interface PageLinkProps {
  readonly to: string;
  readonly label: string;
  /** Pages below it are not it. */
  readonly isExact: boolean;
  readonly onNavigate: () => void;
}

function PageLink({ to, label, isExact, onNavigate }: PageLinkProps) {
  const { pathname } = useLocation();
  const isHere = isExact ? pathname === to : pathname === to || pathname.startsWith(`${to}/`);
  return (
    <NavLink
      component={Link}
      {...{ to, label, active: isHere, onClick: onNavigate }}
      pl="xl"
      aria-current={isHere ? 'page' : undefined}
    />
  );
}
