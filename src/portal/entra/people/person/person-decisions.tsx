import { Text } from '@mantine/core';
import { ActButton } from '../../../frame/acts/act-button.js';
import { Instant } from '../../../frame/instant.js';
import { RowsTable } from '../../../frame/lists/list-table.js';
import { Section } from '../../../frame/section.js';
import { useEnterprise } from '../../../session/use-session.js';
import { subjectInWords, VERDICT_WORDS } from '../../held/words.js';
import { Way } from '../../way.js';
import type { PersonWhy } from '../types.js';
import { useStructure } from '../use-structure.js';

/** What was said about single values of the person, and how it is taken back. */
export function PersonDecisions({ decisions }: Pick<PersonWhy, 'decisions'>) {
  const { base } = useEnterprise();
  const { names } = useStructure();
  if (decisions.length === 0) return null;
  return (
    <Section id="decisions" title="Decisions">
      <RowsTable
        caption="Decisions"
        keyOf={({ id }) => id}
        rows={decisions}
        minWidth={560}
        columns={[
          { heading: 'About', cell: ({ subject }) => subjectInWords(subject, names) },
          { heading: 'Verdict', cell: ({ verdict }) => VERDICT_WORDS[verdict] },
          {
            heading: 'By',
            cell: ({ by, at }) => (
              <Text size="sm">
                {by}, <Instant at={at} />
              </Text>
            ),
          },
          {
            heading: 'Do',
            cell: ({ id, verdict, subject }) =>
              verdict === 'held' ? (
                <Way to="held">Go to Held changes</Way>
              ) : (
                <ActButton
                  label="Release"
                  about={subjectInWords(subject, names)}
                  path={`${base}/decisions/release`}
                  body={{ ids: [id] }}
                  done={() => 'Released: the sync follows Microsoft Entra ID again.'}
                />
              ),
          },
        ]}
      />
    </Section>
  );
}
