import { Anchor, Card, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Integration } from '../../api/types.js';
import { Instant } from '../../frame/instant.js';
import { useEnterprise } from '../../session/use-session.js';
import { SECTIONS } from '../sections.js';

/** How fresh everything is, in words (law L15). */
export function Freshness({ of }: { readonly of: Integration }) {
  const { users, groups, calendars } = of.verifiedUntil;
  const people = users && groups ? (users < groups ? users : groups) : null;
  return (
    <Card withBorder component="section" aria-labelledby="freshness">
      <Stack gap="xs">
        <Title order={2} size="h4" id="freshness">
          How fresh it is
        </Title>
        {people === null ? (
          <Text>Nothing has been verified yet: that begins with the first sync.</Text>
        ) : (
          <Text>
            Everything Entra had reported by <Instant at={people} /> is in
            <Except of={of} />.
          </Text>
        )}
        {of.calendarSync && calendars && (
          <Text>
            Calendars are in as of <Instant at={calendars} />
            {of.staleCalendars > 0 && `, except ${of.staleCalendars} that could not be verified lately`}.
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function Except({ of: { held, problems } }: { readonly of: Integration }) {
  if (held === 0 && problems === 0) return null;
  return (
    <>
      , except {held > 0 && <MaybeLink to="held">{held} held</MaybeLink>}
      {held > 0 && problems > 0 && ' and '}
      {problems > 0 && (
        <MaybeLink to="problems">
          {problems} with {problems === 1 ? 'a problem' : 'problems'}
        </MaybeLink>
      )}
    </>
  );
}

/** A link where the page is there. */
function MaybeLink({ to, children }: { readonly to: string; readonly children: React.ReactNode }) {
  const { path } = useEnterprise();
  if (!SECTIONS.some((section) => section.path === to)) return <span>{children}</span>;
  return (
    <Anchor component={Link} to={`${path}/${to}`} inherit>
      {children}
    </Anchor>
  );
}
