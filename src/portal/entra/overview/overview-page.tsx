import { useOutletContext } from 'react-router';
import { Page } from '../../frame/page.js';
import type { EntraContext } from '../entra-layout.js';
import { isConnected } from '../sections.js';
import { StatusBadge } from '../status-badge.js';
import { SyncDetails } from '../team-sync/sync-details.js';
import { ConnectSteps } from './connect-steps.js';
import { ConnectionCard } from './connection-card.js';
import { Freshness } from './freshness.js';
import { LockedSections } from './locked-sections.js';
import { TroubleBanner } from './trouble-banner.js';

const ABOUT = 'Keeps people, teams and scheduled activities in step with your Microsoft 365 directory.';

/** The first page of the integration: connecting it, or how it stands. */
export function OverviewPage() {
  const { integration } = useOutletContext<EntraContext>();
  const { tenantId } = integration;
  return (
    <Page title="Microsoft Entra ID" about={ABOUT} actions={<StatusBadge of={integration} />}>
      {isConnected(integration) && tenantId !== null ? (
        <>
          <TroubleBanner of={integration} />
          <SyncDetails of={integration} />
          <Freshness of={integration} />
          <ConnectionCard of={integration} tenantId={tenantId} />
        </>
      ) : (
        <>
          <ConnectSteps of={integration} />
          <LockedSections />
        </>
      )}
    </Page>
  );
}
