import { Alert, Button, Card, Group, List, Stack, Switch, TagsInput, Text } from '@mantine/core';
import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { noticeSettings, tried } from '../../../api/routes/set-up/notice-schemas.js';
import { useAct, useApi } from '../../api/use-api.js';
import { Page } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { Unsaved } from '../../frame/unsaved.js';
import { useEnterprise } from '../../session/use-session.js';
import { SaveButtons } from '../save-settings.js';
import { type Draft, useDraft } from '../use-draft.js';
import { Webhook } from './webhook.js';

export type NoticeSettings = Wire<z.output<typeof noticeSettings>>;
type Tried = z.output<typeof tried>;
type Values = Pick<NoticeSettings, 'emails' | 'kinds'>;

const KINDS: readonly (readonly [keyof NoticeSettings['kinds'], string])[] = [
  ['sync_failing', 'The sync fails'],
  ['consent_lost', 'Microsoft does not let GetHomeSafe in any more'],
  ['changes_held', 'Changes wait for approval'],
  ['calendars_stale', 'Calendars could not be verified'],
  ['problems_digest', 'New problems, once a day'],
];

/** Who is told of trouble by e-mail and webhook, and of what. */
export function NoticesPage() {
  const { base } = useEnterprise();
  const settings = useApi<NoticeSettings>(`${base}/notices/settings`);
  return (
    <Page title="Notices" about="Who is told by e-mail when something needs an administrator, and where else it goes.">
      <ProblemAlert error={settings.error} onRetry={() => void settings.refetch()} />
      {settings.data && <NoticeForms of={settings.data} />}
    </Page>
  );
}

function NoticeForms({ of }: { readonly of: NoticeSettings }) {
  const { base } = useEnterprise();
  const draft = useDraft<Values>({
    saved: { emails: of.emails, kinds: of.kinds },
    ...{ revision: of.revision, path: `${base}/notices/settings` },
  });
  return (
    <>
      <Mail of={of} draft={draft} />
      <Webhook of={of} onSaved={draft.hasSaved} />
      <Trial />
    </>
  );
}

function Mail({ of, draft }: { readonly of: NoticeSettings; readonly draft: Draft<Values> }) {
  const { value, set, errorOf, mayChange } = draft;
  return (
    <Card withBorder>
      <Stack>
        {!of.canMail && (
          <Alert color="yellow" title="No e-mail is sent from here">
            No mail server is configured. Operators of GetHomeSafe set one; a webhook works without.
          </Alert>
        )}
        <TagsInput
          label="E-mail addresses that are told"
          description="Leave it empty for the account administrators. Press Enter after each address."
          value={[...value.emails]}
          onChange={(emails) => set('emails', emails)}
          error={errorOf('emails')}
          disabled={!mayChange}
          maxTags={20}
        />
        <Text size="sm" c="dimmed">
          Told now: <span className="value">{of.recipients.join(', ') || 'nobody'}</span>
        </Text>
        {KINDS.map(([kind, label]) => (
          <Switch
            key={kind}
            label={label}
            checked={value.kinds[kind]}
            onChange={({ currentTarget }) => set('kinds', { ...value.kinds, [kind]: currentTarget.checked })}
            disabled={!mayChange}
          />
        ))}
        <SaveNotices draft={draft} />
      </Stack>
    </Card>
  );
}

/** These settings apply at once: nothing waits for the next sync. */
function SaveNotices({ draft }: { readonly draft: Draft<Values> }) {
  const { isDirty, isOutdated, mayChange, error } = draft;
  if (!mayChange) return <Text c="dimmed">Readers see these settings; an account administrator can change them.</Text>;
  return (
    <>
      <Unsaved when={isDirty} />
      <ProblemAlert error={error} title="This was not saved">
        {isOutdated && (
          <Button size="xs" onClick={draft.saveOver}>
            Save my changes over theirs
          </Button>
        )}
      </ProblemAlert>
      <SaveButtons draft={draft} />
    </>
  );
}

function Trial() {
  const { base, mayChange } = useEnterprise();
  const act = useAct<void, { tried: readonly Tried[] }>(() => ({ path: `${base}/notices/test`, method: 'POST' }));
  if (!mayChange) return null;
  return (
    <Stack gap="xs">
      <Group>
        <Button variant="default" onClick={() => act.mutate()} loading={act.isPending}>
          Send a trial
        </Button>
        <Text role="status">{act.data?.tried.length === 0 ? 'Nobody is told: there is no recipient.' : ''}</Text>
      </Group>
      <ProblemAlert error={act.error} />
      <List size="sm">
        {act.data?.tried.map(({ channel, to, ok, detail }) => (
          <List.Item key={`${channel} ${to}`}>
            <span className="value">{to}</span>: {ok ? 'sent' : `not sent. ${detail}`}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
