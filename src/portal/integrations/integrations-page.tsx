import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Integration } from '../api/types.js';
import { useApi } from '../api/use-api.js';
import { StatusBadge } from '../entra/status-badge.js';
import { Instant } from '../frame/instant.js';
import { Loaded, Page } from '../frame/page.js';
import { useEnterprise } from '../session/use-session.js';

/** The Integrations list: what there is to connect, and how it stands (S8, S9). */
export function IntegrationsPage() {
  const { base, path } = useEnterprise();
  const integration = useApi<Integration>(`${base}/integration`, { live: ['runs', 'problems', 'changes'] });
  return (
    <Page title="Integrations" about="Other systems that this enterprise works with.">
      <Loaded of={integration}>
        {(data) => (
          <Card withBorder padding="lg">
            <Group justify="space-between" align="flex-start">
              <Stack gap={4}>
                <Title order={2} size="h4">
                  <Anchor component={Link} to={path} inherit>
                    Microsoft Entra ID
                  </Anchor>
                </Title>
                <Text>Keeps people, teams and scheduled activities in step with your Microsoft 365 directory.</Text>
                <Text size="sm" c="dimmed">
                  Last Sync: <Instant at={data.lastSyncAt} none="Never" />
                </Text>
              </Stack>
              <StatusBadge of={data} />
            </Group>
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
