import { useOutletContext } from 'react-router';
import { Page } from '../../frame/page.js';
import type { EntraContext } from '../entra-layout.js';
import { StatusBadge } from '../status-badge.js';

/** The first page of the integration. */
export function OverviewPage() {
  const { integration } = useOutletContext<EntraContext>();
  return (
    <Page title="Microsoft Entra ID" actions={<StatusBadge of={integration} />}>
      {null}
    </Page>
  );
}
