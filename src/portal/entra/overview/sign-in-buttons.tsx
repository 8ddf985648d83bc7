import { Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconBrandWindowsFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { Instant } from '../../frame/instant.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import type { ConnectTicket } from '../connection-types.js';
import { useSignInAddress } from './use-connecting.js';

/** To Microsoft in this tab, or an address for somebody else who administers the tenant. */
export function SignInButtons({ tenantId, label }: { readonly tenantId: string; readonly label: string }) {
  const { mayChange } = useEnterprise();
  const address = useSignInAddress(tenantId);
  const [ticket, setTicket] = useState<ConnectTicket | null>(null);
  const go = () => address.mutate(undefined, { onSuccess: ({ url }) => window.location.assign(url) });
  const share = () => address.mutate(undefined, { onSuccess: setTicket });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          onClick={go}
          loading={address.isPending}
          disabled={!mayChange}
          leftSection={<IconBrandWindowsFilled size={16} aria-hidden />}
        >
          {label}
        </Button>
        <Button variant="default" onClick={share} disabled={!mayChange || address.isPending}>
          Get an address for the administrator
        </Button>
      </Group>
      {!mayChange && <Text c="dimmed">Only account administrators can connect.</Text>}
      <ProblemAlert error={address.error} />
      {ticket && <Address of={ticket} />}
    </Stack>
  );
}

function Address({ of: { url, expiresAt } }: { readonly of: ConnectTicket }) {
  return (
    <Stack gap={4}>
      <Group align="flex-end">
        <TextInput label="Address for your Microsoft administrator" value={url} readOnly flex={1} />
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="sm" c="dimmed">
        It works once, until <Instant at={expiresAt} />. Send it to nobody else.
      </Text>
    </Stack>
  );
}
