import { Anchor, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Integration } from '../../api/types.js';
import { ApproveStep } from './approve-step.js';
import { SignInButtons } from './sign-in-buttons.js';
import { TenantForm } from './tenant-form.js';

const ENTRA_ADMIN_CENTER = 'https://entra.microsoft.com';

/** Connecting: the Tenant GUID, a sign-in that proves it, and consent (domain 4.2). */
export function ConnectSteps({ of }: { readonly of: Integration }) {
  const [isOther, setOther] = useState(false);
  const { connection, tenantId } = of;
  if (connection === 'not_connected' || tenantId === null || isOther) {
    return <EnterTenant initial={isOther ? (tenantId ?? '') : ''} onConnected={() => setOther(false)} />;
  }
  const other = (
    <Button variant="subtle" onClick={() => setOther(true)}>
      Use another Tenant GUID
    </Button>
  );
  return connection === 'awaiting_proof' ? (
    <Step number={2} title="Sign in to prove that the tenant is yours">
      <Entered tenantId={tenantId} />
      <Text>
        Anybody can know a Tenant ID. Therefore an administrator of the tenant signs in at Microsoft once: a Global,
        Privileged Role, Application or Cloud Application Administrator. Microsoft then asks to approve GetHomeSafe.
      </Text>
      <SignInButtons tenantId={tenantId} label="Sign in with Microsoft" />
      <Group>{other}</Group>
    </Step>
  ) : (
    <Step number={3} title="Ask your Microsoft administrator to approve GetHomeSafe">
      <Entered tenantId={tenantId} />
      <ApproveStep tenantId={tenantId} lastError={of.lastError} />
      <Group>{other}</Group>
    </Step>
  );
}

function EnterTenant({ initial, onConnected }: { readonly initial: string; readonly onConnected: () => void }) {
  return (
    <Step number={1} title="Locate your Tenant ID and paste it here">
      <List type="ordered" aria-label="Where to find the Tenant ID" spacing={4}>
        <List.Item>
          Log in to the{' '}
          <Anchor href={ENTRA_ADMIN_CENTER} target="_blank" rel="noreferrer" inherit>
            Microsoft Entra admin center
          </Anchor>
          .
        </List.Item>
        <List.Item>
          In the navigation menu, click on <b>Identity</b>.
        </List.Item>
        <List.Item>
          Under <b>Overview</b>, you will find your <b>Tenant ID</b>. Copy this value.
        </List.Item>
        <List.Item>
          Paste it into the <b>Tenant GUID</b> field.
        </List.Item>
      </List>
      <TenantForm action="Connect" initial={initial} onConnected={onConnected} />
    </Step>
  );
}

function Entered({ tenantId }: { readonly tenantId: string }) {
  return (
    <Text>
      Tenant GUID:{' '}
      <Text span fw={600} className="value">
        {tenantId}
      </Text>
    </Text>
  );
}

function Step(props: { readonly number: number; readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="connect-step">
      <Stack>
        <div>
          <Text size="sm" c="dimmed">
            Step {props.number} of 3
          </Text>
          <Title order={2} size="h4" id="connect-step">
            {props.title}
          </Title>
        </div>
        {props.children}
      </Stack>
    </Card>
  );
}
