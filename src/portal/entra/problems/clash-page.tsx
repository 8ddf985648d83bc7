import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useParams } from 'react-router';
import { useApi } from '../../api/use-api.js';
import { ReadOnlyNote } from '../../frame/acts/read-only-note.js';
import { Loaded, Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { PersonLink } from '../people/person-link.js';
import { nameOf } from '../people/status.js';
import { ClashChoices } from './clash-choices.js';
import { DirectorySide, ProfileSide } from './clash-sides.js';
import type { Clash } from './types.js';

/** Two people with one address: the directory person beside the profile that has it, and what can be done (S35-S37). */
export function ClashPage() {
  const { base, path } = useEnterprise();
  const { problem = '' } = useParams();
  const navigate = useNavigate();
  const clash = useApi<Clash>(`${base}/problems/${encodeURIComponent(problem)}/clash`, {
    live: ['problems', 'changes'],
  });
  return (
    <Page title="Duplicate Email Address" about="Email Address is mandatory and unique for every user in GetHomeSafe.">
      <ReadOnlyNote />
      <Loaded of={clash}>
        {(data) => (
          <>
            <Text className="value">{data.problem.message}</Text>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Side title="In Microsoft Entra ID">
                <DirectorySide of={data} />
              </Side>
              <Side title="Existing profile in GetHomeSafe">
                <Existing of={data} />
              </Side>
            </SimpleGrid>
            <Title order={2} size="h4">
              What you can do
            </Title>
            <ClashChoices
              clash={data}
              onDone={() => void navigate(`${path}/people/${encodeURIComponent(data.person.objectId)}`)}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Side({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {children}
      </Stack>
    </Card>
  );
}

function Existing({ of: { holder, isElsewhere, rivals } }: { readonly of: Clash }) {
  if (holder)
    return (
      <>
        <PersonLink person={holder.id} label={nameOf(holder)} />
        <ProfileSide of={holder} />
      </>
    );
  if (isElsewhere)
    return (
      <Text size="sm">The address is in use elsewhere in GetHomeSafe. Contact support: we may not tell you more.</Text>
    );
  if (rivals.length > 0)
    return (
      <>
        <Text size="sm">No profile has it: these people in Microsoft Entra ID have the same address.</Text>
        {rivals.map(({ person, label }) => (
          <PersonLink key={person} person={person} label={label} />
        ))}
      </>
    );
  return <Text size="sm">Nobody has the address any more. Retry now, and the person comes in.</Text>;
}
