import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import type { Integration } from '../../api/types.js';
import { useAct, useApi } from '../../api/use-api.js';
import { Loaded } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import type { CheckedConnection, Consent } from '../connection-types.js';
import { SignInButtons } from './sign-in-buttons.js';

interface ApproveStepProps {
  readonly tenantId: string;
  readonly lastError: Integration['lastError'];
}

/** The consent of the tenant's administrator: what is asked for and why, and a look whether it is there. */
export function ApproveStep({ tenantId, lastError }: ApproveStepProps) {
  const { base } = useEnterprise();
  const consent = useApi<Consent>(`${base}/integration/consent`);
  return (
    <Stack>
      <Loaded of={consent}>{({ permissions }) => <Permissions of={permissions} />}</Loaded>
      <SignInButtons tenantId={tenantId} label="Approve at Microsoft" />
      <CheckAgain lastError={lastError} />
    </Stack>
  );
}

function Permissions({ of }: { readonly of: Consent['permissions'] }) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table>
        <Table.Caption>All of them only read. GetHomeSafe never changes anything in your tenant.</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Permission</Table.Th>
            <Table.Th>What it is for</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map(({ name, serves, optional }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>
                {serves}
                {optional && ' Optional.'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Asks Microsoft anew; an approval can take some minutes to show. */
export function CheckAgain({ lastError }: { readonly lastError: Integration['lastError'] }) {
  const { base, mayChange } = useEnterprise();
  const act = useAct<void, CheckedConnection>(() => ({ path: `${base}/integration/check`, method: 'POST' }));
  const obstacle = act.data ? act.data.obstacle : lastError;
  return (
    <Stack gap="sm">
      <Group>
        <Button variant="default" onClick={() => act.mutate()} loading={act.isPending} disabled={!mayChange}>
          Check again
        </Button>
        <Text size="sm" c="dimmed">
          An approval can take some minutes to show.
        </Text>
      </Group>
      <ProblemAlert error={act.error} />
      {obstacle && !act.isPending && (
        <Alert color="yellow" title="GetHomeSafe cannot read the tenant yet" role="status">
          <Text size="sm">{obstacle.message}</Text>
        </Alert>
      )}
    </Stack>
  );
}
