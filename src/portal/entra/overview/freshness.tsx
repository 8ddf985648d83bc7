import { Card, Stack, Text, Title } from '@mantine/core';
import type { Integration, Standing } from '../../api/types.js';
import { useApi } from '../../api/use-api.js';
import { durationInWords, Instant } from '../../frame/instant.js';
import { useEnterprise } from '../../session/use-session.js';
import { Way } from '../way.js';

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
        <Latency />
      </Stack>
    </Card>
  );
}

/** How long it took from Graph's notification to the record, where there was any. */
function Latency() {
  const { base } = useEnterprise();
  const { data } = useApi<Standing>(`${base}/standing`, { live: ['changes'] });
  const { count = 0, p50Ms = null, p95Ms = null } = data?.latency ?? {};
  if (p50Ms === null || p95Ms === null) return null;
  return (
    <Text>
      In the last 24 hours {count.toLocaleString()} {count === 1 ? 'change' : 'changes'} followed, half of them within{' '}
      {durationInWords(p50Ms)} of Microsoft's notification, 95 % within {durationInWords(p95Ms)}.
    </Text>
  );
}

function Except({ of: { held, problems } }: { readonly of: Integration }) {
  if (held === 0 && problems === 0) return null;
  return (
    <>
      , except {held > 0 && <Way to="held">{held} held</Way>}
      {held > 0 && problems > 0 && ' and '}
      {problems > 0 && (
        <Way to="problems">
          {problems} with {problems === 1 ? 'a problem' : 'problems'}
        </Way>
      )}
    </>
  );
}
