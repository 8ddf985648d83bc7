import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { changeIntegration, readIntegration } from '../change-integration.js';
import { checked, noteSchema } from '../checked-input.js';
import type { Integrations, WantedTenant } from '../integrations.js';
import type { TenantDeps } from '../tenancy-deps.js';
import { refuseForeign } from '../tenant-change.js';
import type { IntegrationRow } from '../types.js';
import type { ConsentProbe, ProbeOutcome } from './consent-probe.js';

/**
 * Directory roles that may consent to an application for the whole organisation, by template id.
 *
 * Source: Microsoft Entra ID, "Microsoft Entra built-in roles".
 */
export const CONSENTING_ROLES: ReadonlyMap<string, string> = new Map([
  ['62e90394-69f5-4237-9190-012177145e10', 'Global Administrator'],
  ['e8611ab8-c189-46e8-94e1-60213ab1f814', 'Privileged Role Administrator'],
  ['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'Application Administrator'],
  ['158c047a-c907-4556-b7ef-446551a6b5f7', 'Cloud Application Administrator'],
]);

/** Whether somebody with these directory roles may vouch for the tenant. */
export function mayConsent(wids: readonly string[]): boolean {
  return wids.some((wid) => CONSENTING_ROLES.has(wid.toLowerCase()));
}

export type Checked = { readonly row: IntegrationRow; readonly probe: ProbeOutcome };

/** What an enterprise has shown of its tenant: first that it is theirs, then that we may read it. */
export interface Proofs {
  /** Somebody who may consent signed in at that very tenant. */
  proveBySignIn(proof: {
    readonly enterpriseId: string;
    readonly tenantId: string;
    readonly objectId: string;
    readonly by: string;
  }): Promise<IntegrationRow>;
  /** An operator vouches for the tenant, with a reason that stays in the audit log; then consent is looked at. */
  attest(enterpriseId: string, attestation: WantedTenant & { readonly reason: string }): Promise<Checked>;
  /** Asks Graph whether the tenant lets us read it, and moves the connection accordingly. */
  check(enterpriseId: string, by: string, signal?: AbortSignal): Promise<Checked>;
}

export interface ProofDeps extends TenantDeps {
  readonly integrations: Pick<Integrations, 'setTenant'>;
  readonly probe: ConsentProbe;
}

export function createProofs(deps: ProofDeps): Proofs {
  return { proveBySignIn, attest, check };

  async function proveBySignIn(proof: {
    enterpriseId: string;
    tenantId: string;
    objectId: string;
    by: string;
  }): Promise<IntegrationRow> {
    const { objectId, ...rest } = proof;
    return prove({ ...rest, proof: { by: 'sign_in', at: deps.clock.now(), objectId } });
  }

  async function attest(enterpriseId: string, attestation: WantedTenant & { reason: string }): Promise<Checked> {
    const { by } = attestation;
    // Before anything is changed: an attestation without a reason leaves no trace to judge it by.
    const reason = reasonOf(attestation.reason);
    const { tenantId } = await deps.integrations.setTenant(enterpriseId, attestation);
    if (tenantId === null) throw tenantChanged();
    await prove({ enterpriseId, tenantId, by, proof: { by: 'attestation', at: deps.clock.now(), reason } });
    deps.log.warn({ event: 'connect.attested', enterpriseId, tenantId }, 'tenant attested by an operator');
    return check(enterpriseId, by);
  }

  async function prove(given: {
    enterpriseId: string;
    tenantId: string;
    by: string;
    proof: NonNullable<IntegrationRow['proof']>;
  }): Promise<IntegrationRow> {
    const { enterpriseId, tenantId, by, proof } = given;
    return changeIntegration(deps, {
      enterpriseId,
      by,
      decide: async (row, session) => {
        if (row.tenantId !== tenantId) throw tenantChanged();
        await refuseForeign(deps, { enterpriseId, tenantId }, session);
        const connection = row.connection === 'awaiting_proof' ? 'awaiting_consent' : row.connection;
        const what = proof.by === 'sign_in' ? 'connect.proved_by_sign_in' : 'connect.attested';
        return { next: { ...row, proof, connection }, what, before: { proof: row.proof }, after: { tenantId, proof } };
      },
    });
  }

  async function check(enterpriseId: string, by: string, signal?: AbortSignal): Promise<Checked> {
    const { tenantId, proof } = await readIntegration(deps, enterpriseId);
    if (tenantId === null || proof === null) throw unproven();
    const probe = await deps.probe(tenantId, signal);
    const row = await changeIntegration(deps, {
      enterpriseId,
      by,
      decide: (current) => {
        // What was asked is about that tenant and that proof only.
        if (current.tenantId !== tenantId || current.proof === null) return null;
        const next = afterProbe(current, probe, deps.clock.now());
        const before = { connection: current.connection };
        const after = { tenantId, connection: next.connection, outcome: probe.outcome, code: codeOf(probe) };
        return { next, what: 'connect.checked', before, after };
      },
    });
    const { connection } = row;
    deps.log.info({ event: 'connect.checked', enterpriseId, tenantId, connection, code: codeOf(probe) }, 'checked');
    return { row, probe };
  }
}

function afterProbe(row: IntegrationRow, probe: ProbeOutcome, now: Date): IntegrationRow {
  switch (probe.outcome) {
    case 'consented':
      return { ...row, connection: 'connected', lastError: null };
    case 'refused': {
      const connection = row.connection === 'awaiting_consent' ? row.connection : 'error';
      return { ...row, connection, lastError: { code: probe.code, message: probe.message, at: now } };
    }
    case 'unclear':
      return { ...row, lastError: { code: probe.code, message: probe.message, at: now } };
  }
}

function codeOf(probe: ProbeOutcome): string | null {
  return probe.outcome === 'consented' ? null : probe.code;
}

function reasonOf(text: string): string {
  return checked(z.object({ reason: noteSchema }), { reason: text }).reason;
}

function tenantChanged(): AppError {
  const message = 'The Tenant GUID was changed meanwhile: connect again.';
  return new AppError('tenant_changed', message, { status: 409 });
}

function unproven(): AppError {
  const message = 'Nobody has proved this tenant yet: connect first, and sign in as its administrator.';
  return new AppError('tenant_unproven', message, { status: 409 });
}
