import { Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { ShownOnce } from '../../frame/shown-once.js';
import { useEnterprise } from '../../session/use-session.js';
import type { NoticeSettings } from './notices-page.js';

interface WebhookProps {
  readonly of: NoticeSettings;
  /** Told the revisions before and after: who is told is saved against the same. */
  readonly onSaved: (before: number, after: number) => void;
}

/** Where notices are posted too; the secret that they are signed with is told once. */
export function Webhook({ of, onSaved }: WebhookProps) {
  const { mayChange } = useEnterprise();
  const { webhook } = of;
  return (
    <Card withBorder>
      <Stack>
        <Text>
          {webhook === null ? (
            'No webhook is set.'
          ) : (
            <>
              Notices are posted to <span className="value">{webhook.origin}</span> since <Instant at={webhook.since} />
              .{!webhook.canSign && ' They wait: the secret is gone. Set the address again.'}
            </>
          )}
        </Text>
        {mayChange && <WebhookActs of={of} onSaved={onSaved} />}
      </Stack>
    </Card>
  );
}

function WebhookActs({ of: { webhook, revision: ifMatch }, onSaved }: WebhookProps) {
  const { base } = useEnterprise();
  const [url, setUrl] = useState('');
  const set = useAct<string, { secret: string; settings: NoticeSettings }>((given) => ({
    ...{ path: `${base}/notices/webhook`, method: 'POST', body: { url: given }, ifMatch },
  }));
  const end = useAct<void, NoticeSettings>(() => ({
    ...{ path: `${base}/notices/settings`, method: 'PATCH', body: { webhook: null }, ifMatch },
  }));
  const saved = ({ revision }: NoticeSettings) => onSaved(ifMatch, revision);
  return (
    <>
      <Group align="flex-end">
        <TextInput
          label="Address of the webhook"
          description="https only. Each time that it is set, a new secret is made."
          value={url}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          flex={1}
        />
        <Button
          onClick={() => set.mutate(url, { onSuccess: ({ settings }) => saved(settings) })}
          loading={set.isPending}
          disabled={url.trim() === ''}
        >
          Set webhook
        </Button>
        {webhook !== null && (
          <Button variant="default" onClick={() => end.mutate(undefined, { onSuccess: saved })} loading={end.isPending}>
            Remove webhook
          </Button>
        )}
      </Group>
      <ProblemAlert error={set.error ?? end.error} />
      {set.data && webhook !== null && <ShownOnce title="The secret, shown only now" secret={set.data.secret} />}
    </>
  );
}
