import { Badge, Group, Text } from '@mantine/core';
import { RowsTable } from '../../../frame/lists/list-table.js';
import { Value } from '../../history/change-value.js';
import { Way } from '../../way.js';
import { PersonLink } from '../person-link.js';
import type { Person, PersonWhy } from '../types.js';

interface PersonTeamsProps {
  readonly why: PersonWhy;
  readonly record: Person | null;
}

/** The teams with why the person is in them, the settings they give, and the Entra groups beside them (S30, S40). */
export function PersonTeams({ why, record }: PersonTeamsProps) {
  const teams = why.record?.teams ?? [];
  const names = new Map(why.groups.map(({ id, name }) => [id, name]));
  return (
    <>
      {teams.length === 0 && (
        <Text size="sm">
          In no team. <Way to="team-mappings">Review Team Mappings</Way>
        </Text>
      )}
      {teams.length > 0 && (
        <RowsTable
          caption="Teams"
          keyOf={({ id }) => id}
          rows={teams}
          minWidth={320}
          columns={[
            { heading: 'Team', cell: ({ name, id }) => <Value of={name ?? `${id}, which is gone`} /> },
            { heading: 'Because of', cell: (team) => <Because of={team} names={names} /> },
          ]}
        />
      )}
      {record && <Effective of={record.effective} />}
    </>
  );
}

type Team = Person['teams'][number];

function Because({ of, names }: { readonly of: Team; readonly names: ReadonlyMap<string, string | null> }) {
  const { reason, groups, isLeader } = of;
  return (
    <Group gap="xs">
      {reason === 'manual' && (
        <Badge color="gray" variant="outline" tt="none">
          manual
        </Badge>
      )}
      {groups.map((id) => (
        <Text key={id} size="sm" span>
          via Entra group <Value of={names.get(id) ?? id} />
        </Text>
      ))}
      {isLeader && <Badge tt="none">Leader</Badge>}
    </Group>
  );
}

/** What the teams give: looked up from the teams, nothing of it is kept on people. */
function Effective({ of: { leaders, ...settings } }: { readonly of: Person['effective'] }) {
  const given = Object.entries(settings);
  return (
    <Text size="sm" component="div">
      <Text span fw={600} size="sm">
        Team settings in effect:{' '}
      </Text>
      {given.length === 0 && 'none'}
      {given.map(([name, value]) => (
        <div key={name}>
          {name}: <Value of={value} />
        </div>
      ))}
      <div>
        Leaders:{' '}
        {(leaders as readonly string[]).length === 0
          ? 'none yet'
          : (leaders as readonly string[]).map((id) => <PersonLink key={id} person={id} label={null} />)}
      </div>
    </Text>
  );
}
