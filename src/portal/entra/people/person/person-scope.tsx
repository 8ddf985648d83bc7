import { Badge, List, Text } from '@mantine/core';
import { Instant } from '../../../frame/instant.js';
import { Value } from '../../history/change-value.js';
import { Way } from '../../way.js';
import type { PersonWhy } from '../types.js';

const STATES: Readonly<Record<string, string>> = {
  unread: 'not read yet',
  present: 'there',
  soft_deleted: 'deleted, can be restored',
  absent: 'not found',
};

/** Whether the sync looks after the person, what Entra said, through which Entra groups, and what is waited for. */
export function PersonScope({ why }: { readonly why: PersonWhy }) {
  const { scope, reading, groups, waitsFor, notifications, change, objectId } = why;
  return (
    <>
      <Text size="sm">{scope}</Text>
      <List size="sm" spacing={4}>
        {objectId !== null && (
          <List.Item>
            Object id: <code>{objectId}</code>
          </List.Item>
        )}
        {reading && (
          <List.Item>
            In Microsoft Entra ID: {STATES[reading.state]}
            {reading.attributes?.accountEnabled === false && ', account disabled'}
            {reading.attributes?.userType === 'Guest' && ', guest'}, read{' '}
            <Instant at={reading.readAt} none="never" seconds />
          </List.Item>
        )}
        <List.Item>
          Last notification from Microsoft: <Instant at={notifications.lastAt} none="none yet" seconds />
        </List.Item>
        {groups.length === 0 && objectId !== null && (
          <List.Item>
            In no mapped Entra group when last read. Check the membership in Microsoft Entra ID, then{' '}
            <Way to="team-mappings">Team Mappings</Way>.
          </List.Item>
        )}
        {groups.map((group) => (
          <List.Item key={group.id}>
            <GroupLine of={group} />
          </List.Item>
        ))}
        {reading?.ripening && (
          <List.Item>
            About to be taken away, looked at once more before: {reading.ripening.takings.join(', ')}, since{' '}
            <Instant at={reading.ripening.since} seconds />
          </List.Item>
        )}
        {waitsFor.length > 0 && <List.Item>Waits for: {waitsFor.join(', ')}</List.Item>}
        {change && (
          <List.Item>
            To be read {change.parked ? 'again, set aside: ' : 'next, due '}
            {change.parked ? change.parked.message : <Instant at={change.dueAt} seconds />}
          </List.Item>
        )}
      </List>
    </>
  );
}

function GroupLine({ of: { name, id, state, inEffect, mappings } }: { readonly of: PersonWhy['groups'][number] }) {
  return (
    <>
      Entra group <Value of={name ?? id} />
      {state !== null && state !== 'ok' && (
        <>
          {' '}
          <Badge color="yellow">{state}</Badge>
        </>
      )}
      {mappings.length === 0 && ': not mapped any more'}
      {mappings.map((mapping) => (
        <span key={mapping.id}>
          : mapped to team <Value of={mapping.teamName ?? 'a team that is gone'} />
        </span>
      ))}
      {!inEffect && ', from the next sync on'}
    </>
  );
}
