import { Text } from '@mantine/core';
import { Navigate } from 'react-router';
import { Page } from '../frame/page.js';
import { useSession } from '../session/use-session.js';

/** Where whoever signed in begins: their enterprise, or the choice of one. */
export function Home() {
  const { data } = useSession();
  const [only] = data?.enterprises ?? [];
  if (only && data?.enterprises.length === 1) return <Navigate to={`/enterprises/${only.id}/integrations`} replace />;
  return (
    <Page title="Welcome">
      <Text>
        {only ? 'Choose an enterprise above.' : 'There is no enterprise yet. Make one with: ghs enterprise create'}
      </Text>
    </Page>
  );
}
