import { Card, Group, List, Text, ThemeIcon, Title } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { LOCKED, SECTIONS } from '../sections.js';

/** What there will be once the tenant is connected (S12). */
export function LockedSections() {
  const locked = SECTIONS.filter(({ needs }) => needs === 'connected');
  return (
    <Card withBorder component="section" aria-labelledby="locked-sections">
      <Title order={2} size="h4" id="locked-sections">
        Afterwards
      </Title>
      <Text c="dimmed" mb="sm">
        {LOCKED}
      </Text>
      <List listStyleType="none" spacing="xs" aria-label="Locked sections">
        {locked.map(({ path, label }) => (
          <List.Item key={path}>
            <Group gap="xs">
              <ThemeIcon variant="light" color="gray" size="sm" aria-hidden>
                <IconLock size={14} />
              </ThemeIcon>
              {label}
            </Group>
          </List.Item>
        ))}
      </List>
    </Card>
  );
}
