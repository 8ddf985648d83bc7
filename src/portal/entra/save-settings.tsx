import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { Link, useOutletContext } from 'react-router';
import { ProblemAlert } from '../frame/problem-alert.js';
import { Unsaved } from '../frame/unsaved.js';
import { useEnterprise } from '../session/use-session.js';
import type { EntraContext } from './entra-layout.js';
import type { DraftState } from './use-draft.js';

/** Save and Discard, what came of it, and that it applies with the next sync (law L14). */
export function SaveSettings({ draft }: { readonly draft: DraftState }) {
  const { isDirty, mayChange, isOutdated, error } = draft;
  return (
    <>
      <Unsaved when={isDirty} />
      {isOutdated ? <Outdated draft={draft} /> : <ProblemAlert error={error} title="This was not saved" />}
      <Waits draft={draft} />
      {mayChange ? (
        <SaveButtons draft={draft} />
      ) : (
        <Text c="dimmed">Readers see these settings; an account administrator can change them.</Text>
      )}
    </>
  );
}

/** Save and Discard, and what came of it. */
export function SaveButtons({ draft }: { readonly draft: DraftState }) {
  const { isDirty, isSaving, isOutdated } = draft;
  return (
    <Group>
      <Button onClick={draft.save} disabled={!isDirty} loading={isSaving && !isOutdated}>
        Save
      </Button>
      <Button variant="default" onClick={draft.discard} disabled={!isDirty || isSaving}>
        Discard changes
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {isDirty ? 'Not saved yet' : draft.isSaved ? 'Saved' : ''}
      </Text>
    </Group>
  );
}

function Outdated({ draft }: { readonly draft: DraftState }) {
  return (
    <Alert color="yellow" title="Somebody else changed the settings meanwhile" role="alert">
      <Text size="sm">
        Nothing of yours was saved. Fields that you did not touch show what is saved now; those that you changed still
        show your values.
      </Text>
      <Group mt="sm">
        <Button size="xs" onClick={draft.saveOver}>
          Save my changes over theirs
        </Button>
        <Button size="xs" variant="default" onClick={draft.discard}>
          Discard mine
        </Button>
      </Group>
    </Alert>
  );
}

function Waits({ draft }: { readonly draft: DraftState }) {
  const { integration } = useOutletContext<EntraContext>();
  const { path } = useEnterprise();
  if (draft.isDirty || !integration.waitsForSync) return null;
  return (
    <Alert color="blue" variant="default" icon={<IconInfoCircle aria-hidden />}>
      <Text size="sm">
        Settings that were saved take effect with the next sync.{' '}
        <Anchor component={Link} to={`${path}/plan`} inherit>
          See the plan of what would change
        </Anchor>
        , or choose Sync Now.
      </Text>
    </Alert>
  );
}
