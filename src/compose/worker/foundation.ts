import type { MicrosoftServices, Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { createFanOut } from '../../mirror/fan-out.js';
import { createAdmission } from '../../sync/admission/admission.js';
import { createApply } from '../../sync/apply.js';
import { createGate } from '../../sync/may-work.js';
import { createUntilDue } from '../../sync/pacing/until-due.js';

/** What the works are built from. */
export interface WorkParts {
  readonly microsoft: MicrosoftServices;
  readonly config: Config;
}

/** What all kinds of work share. */
export function foundation(services: Services, { config }: WorkParts) {
  const { store, clock, runs, integrations, changes } = services;
  const { people, groups, cursors } = services.mirror;
  const { times } = config;
  const admission = createAdmission(services);
  const isHeld = (tenantId: string) => admission.held(tenantId) !== null;
  const gate = createGate({ store, clock, openRun: (enterpriseId) => runs.openRun(enterpriseId), isHeld });
  const fanOut = createFanOut({ people, groups, changes });
  const parts = { people, gate, fanOut, admission, times };
  const base = { ...services, ...services.mirror, ...parts, lagMs: times.lagDirectoryMs };
  return {
    ...base,
    untilDue: createUntilDue(base),
    apply: createApply(base),
    integration: (enterpriseId: string) => integrations.getIntegration(enterpriseId),
    look: (tenantId: string) => cursors.ask(tenantId, clock.now()),
    heard: services.subscriptions.heard,
    measured: services.subscriptions.measured,
  };
}

export type Foundation = ReturnType<typeof foundation>;
