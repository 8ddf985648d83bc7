import { withinDeadline } from '../../graph/client/deadline.js';
import { grantedRoles } from '../../graph/tokens/granted-roles.js';
import type { Tokens } from '../../graph/tokens/tokens.js';
import type { TenantGraph } from '../../graph/types.js';
import { AppError, messageOf } from '../../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { Cursors } from '../../mirror/cursors.js';
import type { Store } from '../../store/connect.js';
import type { Integrations } from '../../tenancy/integrations.js';
import type { MappingViews } from '../groups/mapping-views.js';
import { credentialLeft, type OwnCredential } from './credential-left.js';
import { answersAreFast, catchUpGoesOn, mappingsWork, noticesArrive } from './health-checks.js';
import { NOBODY, PERMISSION_CHECKS } from './permission-checks.js';
import { addressesFit, leastPrivilege, type SetUp } from './set-up-checks.js';

export interface Finding {
  readonly id: string;
  readonly ok: boolean;
  /** What was found, with what to do about it where it is not in order. */
  readonly detail: string;
}

export interface DoctorDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'canWrite'>;
  readonly integrations: Pick<Integrations, 'getIntegration'>;
  readonly mappingViews: Pick<MappingViews, 'list'>;
  readonly cursors: Pick<Cursors, 'standing'>;
  readonly subscriptions: {
    ofTenant(
      tenantId: string,
    ): Promise<readonly { readonly resource: string; readonly lostAt?: Date; readonly lostNotices?: number }[]>;
  };
  endpointReports(): Promise<
    readonly { readonly answers: number; readonly over3s: number; readonly over10s: number; readonly state: string }[]
  >;
  readonly tokens: Pick<Tokens, 'tokenFor'>;
  graphFor(tenantId: string): TenantGraph;
  /** Asks our own address what Graph will ask it: null, or what is wrong. */
  whyUnreachable(signal: AbortSignal): Promise<string | null>;
  readonly setUp: SetUp;
  readonly credential: OwnCredential;
}

export interface Examination {
  /** Whose connection; what it throws is what the check of the tenant finds. */
  enterpriseId(): Promise<string>;
  /** Before each check. */
  onCheck?(id: string): void;
  readonly signal?: AbortSignal;
}

export interface Doctor {
  /** One check after the other; what cannot be checked because an earlier one failed is left out. */
  examine(examination: Examination): Promise<Finding[]>;
}

const WRITE_LIMIT_MS = 5 * SECOND_MS;
/** Longest time of one check: Graph itself waits 10 s for an answer of ours. */
const CHECK_LIMIT_MS = 15 * SECOND_MS;

type Check = (id: string, look: (signal: AbortSignal) => Promise<string>) => Promise<boolean>;

export function createDoctor(deps: DoctorDeps): Doctor {
  return {
    examine: async (examination) => {
      const findings: Finding[] = [];
      const check: Check = async (id, look) => {
        examination.onCheck?.(id);
        const finding = await withinDeadline({ limitMs: CHECK_LIMIT_MS, signal: examination.signal }, look).then(
          (detail) => ({ id, ok: true, detail }),
          (error: unknown) => ({ id, ok: false, detail: messageOf(error) }),
        );
        examination.signal?.throwIfAborted();
        findings.push(finding);
        return finding.ok;
      };
      if (await check('database', () => canWrite(deps))) await examineConnection(deps, { check, examination });
      return findings;
    },
  };
}

async function examineConnection(
  deps: DoctorDeps,
  { check, examination }: { check: Check; examination: Examination },
): Promise<void> {
  await check('addresses', async () => addressesFit(deps.setUp));
  await check('notification_url', (signal) => reach(deps, signal));
  await check('answers', () => answersAreFast(deps));
  await check('credential', async () => credentialLeft(deps.credential, deps.clock.now()));
  let tenantId = '';
  let enterpriseId = '';
  const connected = await check('tenant', async () => {
    enterpriseId = await examination.enterpriseId();
    tenantId = await provenTenant(deps, enterpriseId);
    return `connected to ${tenantId}`;
  });
  if (!connected) return;
  await check('team_mappings', () => mappingsWork(deps, enterpriseId));
  await check('notices', () => noticesArrive(deps, tenantId));
  await check('catch_up', () => catchUpGoesOn(deps, tenantId));
  if (!(await check('token', () => newToken(deps, tenantId)))) return;
  await check('granted', async () => leastPrivilege(grantedRoles(await deps.tokens.tokenFor(tenantId))));
  for (const permission of PERMISSION_CHECKS) {
    await check(permission.id, async (signal) => {
      const found = await permission.try({ graph: deps.graphFor(tenantId), now: deps.clock.now(), signal });
      const { about } = permission;
      return found === NOBODY ? `not tried, the tenant has nobody: ${about}` : `works: ${about}`;
    });
  }
}

async function canWrite({ store }: DoctorDeps): Promise<string> {
  if (await store.canWrite(WRITE_LIMIT_MS)) return 'writes reach the majority';
  throw new Error(`No write reached the majority within ${WRITE_LIMIT_MS} ms: check the replica set.`);
}

async function reach({ whyUnreachable, setUp: { notificationUrl } }: DoctorDeps, signal: AbortSignal): Promise<string> {
  const reason = await whyUnreachable(signal);
  if (reason === null) return `${notificationUrl} answers as Graph wants it`;
  throw new Error(`${notificationUrl}: ${reason}. Start the service, and check NOTIFICATION_URL.`);
}

/** A tenant that nobody has proved is not asked for anything: whoever enters its id must learn nothing of it. */
async function provenTenant({ integrations }: DoctorDeps, enterpriseId: string): Promise<string> {
  const { tenantId, proof } = await integrations.getIntegration(enterpriseId);
  if (tenantId === null) {
    throw new AppError('not_connected', 'This enterprise is not connected to Microsoft Entra ID: connect it first.');
  }
  if (proof === null) throw new AppError('tenant_unproven', 'Nobody has proved this tenant yet: sign in to it first.');
  return tenantId;
}

/** Permissions are written into a token when it is issued: one that is kept tells of the past. */
async function newToken({ tokens }: DoctorDeps, tenantId: string): Promise<string> {
  const kept = await tokens.tokenFor(tenantId);
  await tokens.tokenFor(tenantId, { rejected: kept });
  return 'Entra ID gives a token for the tenant';
}
