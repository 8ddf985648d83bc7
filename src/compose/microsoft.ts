import type { Services } from '../compose.js';
import type { Config } from '../config/config.js';
import { type Budget, createBudget, plannedUnitsPer10s } from '../graph/budget.js';
import { outgoingFetch } from '../graph/client/outgoing.js';
import { createGraph } from '../graph/create-graph.js';
import type { GraphConfig } from '../graph/graph-config.js';
import { createSignIn, type SignIn } from '../graph/tokens/sign-in.js';
import { createTokens, type Tokens } from '../graph/tokens/tokens.js';
import type { TenantGraph } from '../graph/types.js';
import type { OwnCredential } from '../reconciliation/doctor/credential-left.js';
import { createDoctor, type Doctor } from '../reconciliation/doctor/doctor.js';
import { createTenantLinks } from '../records/linked.js';
import { createExecute, type Execute } from '../subscriptions/execute.js';
import { whyUnreachable } from '../subscriptions/reachable.js';
import { requireKnownTenant } from '../subscriptions/upkeep/known-tenant.js';
import { type Care, type Renewed, type RenewRequest, renewDue } from '../subscriptions/upkeep/renew-due.js';
import { type SweepRequest, type Swept, sweepSubscriptions } from '../subscriptions/upkeep/sweep.js';
import { type Connect, createConnect } from '../tenancy/connect/connect.js';
import { type ConsentProbe, createConsentProbe } from '../tenancy/connect/consent-probe.js';
import { createProofs, type Proofs } from '../tenancy/connect/proof.js';
import { isListening } from '../tenancy/settings/integration-settings.js';
import { lookBehind } from './mirror.js';
import { encryptionOf } from './rich.js';

/** What speaks with Microsoft, built from the whole configuration. */
export interface MicrosoftServices {
  readonly tokens: Tokens;
  /** Graph as a tenant sees it, within the tenant's one budget. */
  graphFor(tenantId: string): TenantGraph;
  /** The one budget of a tenant in this process. */
  budgetFor(tenantId: string): Budget;
  /** Whether a tenant lets us read it, asked with a new token. */
  readonly probe: ConsentProbe;
  readonly proofs: Proofs;
  readonly connect: Connect;
  readonly signIn: SignIn;
  readonly subscriptions: {
    readonly execute: Execute;
    renewDue(request: RenewRequest): Promise<Renewed[]>;
    /** Deletes what nothing knows, and notes what Graph does not know. */
    sweep(request: SweepRequest): Promise<Swept>;
    /** Asks our own address what Graph will ask it: null, or what is wrong. */
    whyUnreachable(signal: AbortSignal): Promise<string | null>;
  };
  /** Looks at everything that the connection of an enterprise rests on. */
  readonly doctor: Doctor;
}

/** Builds what speaks with Microsoft; nothing is sent by that. */
export function connectMicrosoft(services: Services, config: Config): MicrosoftServices {
  const { clock, chance, integrations, subscriptions: rows } = services;
  const { appSecrets, publicUrl, notificationUrl } = config;
  const graphConfig: GraphConfig = { ...config.azure, graphBaseUrl: config.graphBaseUrl };
  const through = outgoingFetch(config.proxy);
  const deps = { ...services, config: graphConfig, ...(through && { fetch: through }) };
  const tokens = createTokens(deps);
  const graph = createGraph({ ...deps, tokens });
  const budgets = new Map<string, Budget>();
  const budgetFor = (tenantId: string) => {
    // Nothing is known of the tenant yet: the least that Graph allows.
    const budget = budgets.get(tenantId) ?? createBudget({ clock, resourceUnitsPer10s: plannedUnitsPer10s(0) });
    budgets.set(tenantId, budget);
    return budget;
  };
  const graphFor = (tenantId: string) => graph.forTenant(tenantId, { budget: budgetFor(tenantId) });
  const probe = createConsentProbe({ tokens, callsFor: graphFor });
  const proofs = createProofs({ ...services, tenantLinks: createTenantLinks(services), probe, integrations });
  const signIn = createSignIn(deps);
  const connect = createConnect({ ...services, signIn, proofs, appSecrets, publicUrl });
  const execute = createExecute({ ...services, rows, appSecrets, notificationUrl, encryption: encryptionOf(config) });
  // Graph asks both before it accepts a subscription.
  const unreachable = async (signal: AbortSignal) => {
    for (const route of ['notifications', 'lifecycle']) {
      const why = await whyUnreachable(`${notificationUrl}/graph/${route}`, { nonce: chance.guid(), signal, through });
      if (why !== null) return why;
    }
    return null;
  };
  const renewing = {
    ...{ rows, execute, clock, graphFor, whyUnreachable: unreachable },
    careOf: (tenantId: string) => careOf(services, tenantId),
    look: lookBehind(services),
  };
  const renew = async (request: RenewRequest) => {
    if (request.tenantId !== undefined) await requireKnownTenant({ integrations, rows }, request.tenantId);
    return renewDue(renewing, request);
  };
  const sweep = (request: SweepRequest) => sweepSubscriptions({ rows, execute, notificationUrl, graphFor }, request);
  const subscriptions = { execute, renewDue: renew, sweep, whyUnreachable: unreachable };
  const doctor = createDoctor({
    ...{ ...services, tokens, graphFor, whyUnreachable: unreachable },
    setUp: { ...config, ...config.azure },
    ...{ cursors: services.mirror.cursors, credential: ownCredential(config) },
  });
  return { tokens, graphFor, budgetFor, probe, proofs, connect, subscriptions, doctor, signIn };
}

/** Who would make a lost subscription anew. */
async function careOf({ integrations, leases, clock }: Services, tenantId: string): Promise<Care> {
  const integration = await integrations.ofTenant(tenantId);
  if (integration === null || integration.connection === 'not_connected') return 'unwanted';
  if (!isListening(integration, clock.now())) return 'unwanted';
  return (await leases.isHeld(integration._id)) ? 'owned' : 'free';
}

/** What proves this installation, for whoever counts its days. */
export function ownCredential({ azure, richNotifications }: Config): OwnCredential {
  const { credential } = azure;
  const isSecret = credential.kind === 'secret';
  return {
    certificate: isSecret ? null : credential.certificate,
    secretExpiresAt: isSecret ? azure.secretExpiresAt : null,
    notificationCertificates: richNotifications ?? [],
  };
}
