import { Group, Stack, Text } from '@mantine/core';
import { ActButton } from '../../frame/acts/act-button.js';
import { useEnterprise } from '../../session/use-session.js';
import type { EntraPath } from '../sections.js';
import { Way } from '../way.js';
import type { Problem } from './types.js';

type Ways = readonly (readonly [to: EntraPath, words: string])[];

/** What to do about a problem, the way there in one click, and what can be said of it here. */
export function ProblemRemedy({ problem, about }: { readonly problem: Problem; readonly about?: string }) {
  const { base } = useEnterprise();
  const { id, code, remedy, person } = problem;
  const whom = about ?? person;
  const ways = waysOf(problem);
  return (
    <Stack gap={4}>
      <Text size="sm">{remedy}</Text>
      <Group gap="xs">
        {ways.map(([to, words]) => (
          <Way key={to} to={to}>
            {words}
          </Way>
        ))}
        {code !== 'held' && (
          <>
            <ActButton
              {...{ label: 'Retry now', about: whom, path: `${base}/problems/retry`, body: { ids: [id] } }}
              done={() => 'The person is read from Microsoft Entra ID next.'}
            />
            <ActButton
              {...{ label: 'Ignore', about: whom, path: `${base}/problems/ignore`, body: { ids: [id] } }}
              ask={{
                title: `Ignore this problem of ${whom}?`,
                text: 'It is not shown any more until it is another one. Nothing is put right by that. Release it under Held changes, Ignored.',
              }}
              done={() => 'It is not shown any more.'}
            />
          </>
        )}
      </Group>
    </Stack>
  );
}

/** Each troubleshooting case of the article leads to where it is put right. */
function waysOf({ code, id, person }: Problem): Ways {
  const who = `people/${encodeURIComponent(person)}` as const;
  switch (code) {
    case 'duplicate_email':
    case 'duplicate_email_in_source':
      return [[`problems/${encodeURIComponent(id)}` as const, 'Compare side by side']];
    case 'email_missing':
    case 'email_invalid':
    case 'field_blank':
    case 'phone_unparseable':
    case 'country_unknown':
    case 'timezone_unknown':
      return [
        ['field-mappings', 'Field Mappings'],
        [`${who}#fields` as const, "The person's source data"],
      ];
    case 'no_mapped_group':
    case 'multi_org_conflict':
      return [
        [`${who}#why` as const, 'Entra groups of the person'],
        ['team-mappings', 'Team Mappings'],
      ];
    case 'held':
      return [['held', 'Held changes']];
    case 'drift':
      return [[`${who}#decisions` as const, 'The decision']];
    case 'guest_skipped':
    case 'account_disabled':
      return [['lifecycle', 'Lifecycle']];
    default:
      return [[who, 'The person']];
  }
}
