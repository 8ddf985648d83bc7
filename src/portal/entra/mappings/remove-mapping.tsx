import { Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useOutletContext } from 'react-router';
import { useAct, useApi } from '../../api/use-api.js';
import { Confirm } from '../../frame/acts/confirm.js';
import { Loaded } from '../../frame/page.js';
import type { EntraContext } from '../entra-layout.js';
import { groupOf, teamOf } from './mapping-columns.js';
import type { MappingEffect, TeamMapping } from './types.js';

interface RemoveMappingProps {
  readonly path: string;
  readonly mapping: TeamMapping;
  readonly onClose: () => void;
}

/** Asks before a mapping goes, with how many people would lose the team by it. */
export function RemoveMapping({ path, mapping, onClose }: RemoveMappingProps) {
  const one = `${path}/${encodeURIComponent(mapping.id)}`;
  const effect = useApi<MappingEffect>(`${one}/effect`, { live: ['runs', 'changes'] });
  const act = useAct(() => ({ path: one, method: 'DELETE' }));
  const remove = () =>
    act.mutate(undefined, {
      onSuccess: () => {
        notifications.show({ message: 'Removed. It takes effect with the next sync.', color: 'teal' });
        onClose();
      },
    });
  return (
    <Confirm
      opened
      title="Remove this mapping?"
      confirm="Remove mapping"
      isBusy={act.isPending}
      error={act.error}
      onConfirm={remove}
      onCancel={onClose}
    >
      <Stack gap="xs">
        <Text>
          <strong className="value">{groupOf(mapping)}</strong> to <strong className="value">{teamOf(mapping)}</strong>
        </Text>
        <Loaded of={effect}>{(data) => <Effect of={data} />}</Loaded>
      </Stack>
    </Confirm>
  );
}

function Effect({ of: { lose, keep, loseTheirLast, isLast } }: { readonly of: MappingEffect }) {
  const { integration } = useOutletContext<EntraContext>();
  const archives = integration.onLeaveAllGroups === 'archive' && lose > 0;
  return (
    <>
      <Text>
        <strong>
          {lose === 0
            ? 'Nobody would lose the team.'
            : `${people(lose)} would lose the team with the next sync${loseTheirLast > 0 ? `, ${loseTheirLast} of them their only one` : ''}.`}
        </strong>
        {keep > 0 && ` ${people(keep)} would stay: another mapping or somebody in GetHomeSafe keeps them in it.`}
      </Text>
      {archives && <Text>Whoever is then in no mapped Entra group is archived, as Lifecycle says.</Text>}
      {isLast && (
        <Text>It is the only mapping: without one no sync can start, and nothing changes until there is.</Text>
      )}
    </>
  );
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString()} people`;
}
