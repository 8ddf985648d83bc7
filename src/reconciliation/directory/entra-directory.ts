import type { GraphUser } from '../../graph/graph-user.js';
import type { GraphGroup, TenantGraph } from '../../graph/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { Store } from '../../store/connect.js';
import type { Integrations } from '../../tenancy/integrations.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import { askedOfEntra, entraProblem } from './asked-of-entra.js';
import { type FieldSample, type SampleWanted, sampleFields } from './sample-fields.js';

export type { CalendarPreview } from '../../sync/mailboxes/preview-calendar.js';

/** The tenant as Graph shows it now, for somebody who looks; in the tenant's budget, and nothing is kept. */
export interface EntraDirectory {
  /** Groups with such words in their names, or the one whose Object ID it is. */
  groups(of: Search): Promise<EntraGroup[]>;
  /** People with such a name or address, or the one whose Object ID it is. */
  people(of: Search): Promise<EntraPerson[]>;
  /** What field mappings make of one person. */
  sampleFields(wanted: SampleWanted): Promise<FieldSample>;
}

export interface Search {
  readonly enterpriseId: string;
  readonly text: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** `hiddenMembership`: who is in it may be hidden from us, so that nobody is placed by it (E16). */
export type EntraGroup = Pick<GraphGroup, 'id' | 'hiddenMembership'> & { readonly name: string | null };

export interface EntraPerson {
  readonly objectId: string;
  readonly name: string | null;
  readonly email: string | null;
}

export interface EntraDirectoryDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly integrations: Pick<Integrations, 'getIntegration'>;
  readonly people: Pick<FindPeople, 'findOrNull'>;
  graphFor(
    tenantId: string,
  ): Pick<TenantGraph, 'searchGroups' | 'searchUsers' | 'readGroup' | 'readPeople' | 'readMailboxSettings'>;
}

export function createEntraDirectory(deps: EntraDirectoryDeps): EntraDirectory {
  return { groups, people, sampleFields: sample };

  async function groups({ enterpriseId, text, limit, signal }: Search): Promise<EntraGroup[]> {
    const { graph } = await tenantOf(enterpriseId);
    const id = normaliseGuid(text);
    if (id === null) return (await askedOfEntra(graph.searchGroups({ text, limit }, { signal }))).map(asGroup);
    const answer = await graph.readGroup(id, { signal });
    if (answer.status === 'failed') throw entraProblem(answer.failure);
    return answer.status === 'present' ? [asGroup(answer.group)] : [];
  }

  async function people({ enterpriseId, text, limit, signal }: Search): Promise<EntraPerson[]> {
    const { graph } = await tenantOf(enterpriseId);
    const id = normaliseGuid(text);
    if (id === null) return (await askedOfEntra(graph.searchUsers({ text, limit }, { signal }))).map(asPerson);
    const answer = (await graph.readPeople([id], { mappedGroupIds: [], signal })).get(id);
    if (answer?.status === 'failed') throw entraProblem(answer.failure);
    return answer?.status === 'present' ? [asPerson(answer.user)] : [];
  }

  async function sample(wanted: SampleWanted): Promise<FieldSample> {
    const { integration, graph } = await tenantOf(wanted.enterpriseId);
    return sampleFields({ ...deps, graph, integration }, wanted);
  }

  async function tenantOf(enterpriseId: string) {
    const integration = await deps.integrations.getIntegration(enterpriseId);
    return { integration, graph: deps.graphFor(tenantAnswering(integration)) };
  }
}

/** The tenant, where it was proved and lets us in as far as is known: nobody else's directory is looked into. */
export function tenantAnswering({ tenantId, connection }: IntegrationRow): string {
  if (tenantId !== null && (connection === 'connected' || connection === 'error')) return tenantId;
  const text =
    'Connect your Tenant GUID first, with sign-in and consent: until then nothing of the directory is shown.';
  throw new AppError('not_connected', text, { status: 409 });
}

function asGroup({ id, displayName, hiddenMembership }: GraphGroup): EntraGroup {
  return { id, name: displayName, hiddenMembership };
}

export function asPerson({ id, displayName, mail, userPrincipalName }: GraphUser): EntraPerson {
  return { objectId: id, name: displayName ?? null, email: mail ?? userPrincipalName ?? null };
}
