import { Button, Card, CopyButton, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ActButton } from '../../frame/acts/act-button.js';
import { useEnterprise } from '../../session/use-session.js';
import { ArchiveText } from '../people/person/person-acts.js';
import { nameOf } from '../people/status.js';
import type { Clash } from './types.js';

interface ClashChoicesProps {
  readonly clash: Clash;
  /** After the clash has ended. */
  readonly onDone: () => void;
}

interface ChoiceProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

function Choice({ title, text, children }: ChoiceProps) {
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600} size="sm">
            {title}
          </Text>
          <Text size="sm">{text}</Text>
        </div>
        {children}
      </Group>
    </Card>
  );
}

/** Correct it in Entra, archive the old profile, link the two, keep them apart, or ask support to merge. */
export function ClashChoices({ clash, onDone }: ClashChoicesProps) {
  const { base } = useEnterprise();
  const { choices, problem, holder } = clash;
  return (
    <Stack gap="xs">
      <Choice
        title="Correct the address in Microsoft Entra ID"
        text="Where the address there is wrong: change it, then retry. Everything else of the person goes on meanwhile."
      >
        <ActButton
          {...{ label: 'Retry now', path: `${base}/problems/retry`, body: { ids: [problem.id] } }}
          done={() => 'The person is read from Microsoft Entra ID next.'}
        />
      </Choice>
      {holder && choices.includes('archive') && (
        <Choice
          title="Archive the old profile"
          text="Where it is not needed any more: the person in Entra gets a new profile, the old one keeps its history."
        >
          <ActButton
            {...{ label: 'Archive', about: nameOf(holder), path: `${base}/people/${holder.id}/archive`, body: {} }}
            ask={{ title: `Archive ${nameOf(holder)}?`, text: <ArchiveText isLinked={false} /> }}
            done={() => 'Archived. The person in Microsoft Entra ID comes in next.'}
            onDone={onDone}
          />
        </Choice>
      )}
      {choices.includes('link') && <LinkChoice clash={clash} onDone={onDone} />}
      {choices.includes('keep_apart') && (
        <Choice
          title="Keep apart"
          text="They are two people, and it is meant: nobody is linked, and it is shown no more."
        >
          <ActButton
            {...{ label: 'Keep apart', path: `${base}/problems/keep-apart`, body: { ids: [problem.id] } }}
            ask={{
              title: 'Keep the two apart?',
              text: 'The person in Microsoft Entra ID does not get this address in GetHomeSafe, and the problem is shown no more. Release it under Held changes, Kept apart.',
            }}
            done={() => 'Kept apart.'}
            onDone={onDone}
          />
        </Choice>
      )}
      {choices.includes('support') && <Support clash={clash} />}
    </Stack>
  );
}

function LinkChoice({ clash: { problem, holder, person }, onDone }: ClashChoicesProps) {
  const { base } = useEnterprise();
  const path = `${base}/problems/${encodeURIComponent(problem.id)}/link`;
  return (
    <Choice
      title="Link to the existing profile"
      text="Where they are one person: the profile keeps its history and teams, and follows Entra from now on."
    >
      <ActButton
        {...{ label: 'Link', path }}
        ask={{
          title: `Link ${holder ? nameOf(holder) : 'the profile'} to ${person.label ?? person.objectId}?`,
          text: 'Its mapped fields are overwritten by those of Microsoft Entra ID. A profile that the sync made for this person before is archived.',
        }}
        done={() => 'Linked. The fields of Microsoft Entra ID come next.'}
        onDone={onDone}
      />
    </Choice>
  );
}

function Support({ clash: { problem, person, holder } }: Pick<ClashChoicesProps, 'clash'>) {
  const facts = [`Problem ${problem.id}`, `Object id ${person.objectId}`, ...(holder ? [`Profile ${holder.id}`] : [])];
  return (
    <Choice
      title="Contact support to merge the accounts"
      text="Where you cannot tell, or the profile is not yours: support merges them. Tell them these ids."
    >
      <CopyButton value={facts.join('\n')}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy ids'}
          </Button>
        )}
      </CopyButton>
    </Choice>
  );
}
