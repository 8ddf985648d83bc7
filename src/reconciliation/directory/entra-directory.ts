import { z } from 'zod';
import type { GraphUser } from '../../graph/graph-user.js';
import type { GraphGroup, TenantGraph } from '../../graph/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { Store } from '../../store/connect.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import type { Integrations } from '../../tenancy/integrations.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import { askedOfEntra, entraProblem } from './asked-of-entra.js';
import { type FieldSample, type SampleWanted, sampleFields } from './sample-fields.js';

export type { CalendarPreview } from '../../sync/mailboxes/preview-calendar.js';

/** The tenant as Graph shows it now, for somebody who looks; in the tenant's budget, and nothing is kept. */
export interface EntraDirectory {
  /** A page of the groups with such words in their names, by name; or the one whose Object ID it is. */
  groups(of: Search & { readonly after?: string | undefined }): Promise<EntraGroups>;
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

export interface EntraGroups {
  readonly items: readonly EntraGroup[];
  /** `after` of the next page; null at the end, and where no more than these can be shown. */
  readonly next: string | null;
  /** Others have such words too. */
  readonly more: boolean;
}

/** So many of one search can be looked through: what Graph has on one page ("paging" of its documentation). */
const GROUPS_MOST = 999;

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

  /** Each page asks for the ones before too: Graph has one request for any number up to its page, and no place to go on from. */
  async function groups(of: Search & { readonly after?: string | undefined }): Promise<EntraGroups> {
    const { enterpriseId, text, signal } = of;
    const { graph } = await tenantOf(enterpriseId);
    const id = normaliseGuid(text);
    if (id === null) {
      const from = of.after === undefined ? 0 : readCursor(of.after, z.number().int().nonnegative());
      const to = Math.min(from + of.limit, GROUPS_MOST);
      const found = await askedOfEntra(graph.searchGroups({ text, limit: Math.min(to + 1, GROUPS_MOST) }, { signal }));
      const more = found.length > to || found.length === GROUPS_MOST;
      const next = more && to < GROUPS_MOST ? cursorText(to) : null;
      return { items: found.slice(from, to).map(asGroup), next, more };
    }
    const answer = await graph.readGroup(id, { signal });
    if (answer.status === 'failed') throw entraProblem(answer.failure);
    return { items: answer.status === 'present' ? [asGroup(answer.group)] : [], next: null, more: false };
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
