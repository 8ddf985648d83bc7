import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useApi } from '../../api/use-api.js';
import { ActButton } from '../../frame/acts/act-button.js';
import { Loaded } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { fieldInWords } from '../history/words.js';
import type { HeldSubject } from './types.js';

interface HeldCountsProps {
  readonly subject: string | null;
  readonly onShow: (subject: string | null) => void;
}

/** What is held by what it is about, to be decided as a whole. */
export function HeldCounts({ subject, onShow }: HeldCountsProps) {
  const { base } = useEnterprise();
  const counts = useApi<{ items: readonly HeldSubject[] }>(`${base}/held-counts`, { live: ['problems', 'changes'] });
  return (
    <Loaded of={counts}>
      {({ items }) => {
        const total = items.reduce((sum, { count }) => sum + count, 0);
        if (total === 0) return null;
        return (
          <Stack gap="xs">
            <Line title={`${total.toLocaleString()} held changes in all`} count={total} body={{ all: true }} />
            {items.map((item) => (
              <Line key={item.subject} title={wordsOf(item)} count={item.count} body={bodyOf(item)}>
                {item.subject !== 'activity' && (
                  <Button
                    size="xs"
                    variant="subtle"
                    aria-pressed={subject === item.subject}
                    onClick={() => onShow(subject === item.subject ? null : item.subject)}
                  >
                    {subject === item.subject ? 'Show all' : 'Show only these'}
                  </Button>
                )}
              </Line>
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

interface LineProps {
  readonly title: string;
  readonly count: number;
  /** Null: decided one by one, or all together. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly children?: React.ReactNode;
}

function Line({ title, count, body, children }: LineProps) {
  const { base } = useEnterprise();
  const acts = `${base}/decisions`;
  const number = count.toLocaleString();
  return (
    <Card withBorder padding="xs">
      <Group justify="space-between">
        <Text size="sm" className="value" dir="auto">
          {title}
        </Text>
        <Group gap="xs">
          {children}
          {body && (
            <>
              <ActButton<{ decided: number }>
                {...{ label: `Approve all ${number}`, about: title, path: `${acts}/approve`, body, color: 'red' }}
                ask={{ title: `Approve ${number} held changes?`, text: APPROVED }}
                done={({ decided }) => `Approved: ${decided}. They are applied next.`}
              />
              <ActButton<{ decided: number }>
                {...{ label: `Refuse all ${number}`, about: title, path: `${acts}/refuse`, body }}
                ask={{ title: `Refuse ${number} held changes?`, text: REFUSED }}
                done={({ decided }) => `Refused: ${decided}. GetHomeSafe stays as it is.`}
              />
            </>
          )}
        </Group>
      </Group>
    </Card>
  );
}

export const APPROVED =
  'Each person is read from Microsoft Entra ID once more. What it still asks for is taken away then: profiles are archived, team memberships, values and activities removed.';
export const REFUSED =
  'GetHomeSafe stays as it is until the value in Microsoft Entra ID changes. It shows as drift meanwhile, and can be released.';

function wordsOf({ subject, count, team }: HeldSubject): string {
  const people = count === 1 ? '1 person' : `${count.toLocaleString()} people`;
  if (subject === 'archive') return `${people} would be archived`;
  if (subject.startsWith('team:')) return `${people} would be taken out of team ${team ?? 'that is gone'}`;
  if (subject === 'activity') return `${count.toLocaleString()} activities would be cancelled`;
  if (subject.startsWith('field:')) return `${fieldInWords(subject.slice('field:'.length))} of ${people} would change`;
  return `${people}: ${subject}`;
}

function bodyOf({ subject }: HeldSubject) {
  return subject === 'activity' ? null : { all: true, subject };
}
