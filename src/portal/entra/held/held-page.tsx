import { Select, Stack } from '@mantine/core';
import { ReadOnlyNote } from '../../frame/acts/read-only-note.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Page } from '../../frame/page.js';
import { Decided } from './decided.js';
import { HeldCounts } from './held-counts.js';
import { HeldList } from './held-list.js';
import { VERDICT_WORDS } from './words.js';

const CHOICES = Object.entries(VERDICT_WORDS).map(([value, label]) => ({ value, label }));

/** What the brake keeps from being taken away until somebody says so, and what was said before. */
export function HeldPage() {
  const [{ verdict, subject }, setFilter] = useFilter(['verdict', 'subject']);
  const isHeld = verdict === null || verdict === 'held';
  return (
    <Page
      title="Held changes"
      about="More would be taken away at once than the limit allows: it waits for you. Put right in Microsoft Entra ID, it goes by itself; after 7 days it counts as refused."
    >
      <ReadOnlyNote />
      <Select
        label="Show"
        maw={260}
        allowDeselect={false}
        data={CHOICES}
        value={verdict ?? 'held'}
        onChange={(value) => setFilter({ verdict: value === 'held' ? null : value, subject: null })}
      />
      {isHeld ? (
        <Stack>
          <HeldCounts subject={subject} onShow={(wanted) => setFilter({ subject: wanted })} />
          <HeldList subject={subject} />
        </Stack>
      ) : (
        <Decided verdict={verdict as keyof typeof VERDICT_WORDS} />
      )}
    </Page>
  );
}
