import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../compose.js';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { facts, shown, table } from '../frame/answer.js';
import type { Cli } from '../frame/cli.js';
import { leaf } from '../frame/command.js';
import { ofEnterprise } from '../frame/option-values.js';
import { type EnterpriseTenant, tenantOf } from '../frame/tenant.js';

const PERSON = ['<person>', 'id, object id or e-mail'] as const;
const LEDGER_SHOWN = 20;

/** `people why` and `people sync`. */
export function addPersonInsight(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'why',
    about:
      'Explain a person: what Entra said, which groups and mappings count, what stands in the way, what was written.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => explain(cli, { enterprise, person }),
  });
  leaf(people, cli, {
    name: 'sync',
    about: 'Have the person read from Entra and put in step soon.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => {
      const { changes, mirror, people: records } = await cli.services();
      const scope = await tenantOf(cli, enterprise);
      const user = await records.findOrNull(scope.enterpriseId, person);
      const objectId = objectIdOf(user, person);
      const { tenantId } = scope;
      // The entry comes before the note, so that the person is in scope when read (law L10).
      await mirror.people.enter(tenantId, [objectId]);
      await changes.note([{ tenantId, kind: 'user', objectId, via: 'manual', notified: 0 }]);
      const lines = ['Noted: the service reads this person next.'];
      return { document: { id: user?._id ?? null, objectId, noted: true }, lines };
    },
  });
}

type User = Awaited<ReturnType<Services['people']['find']>>;

function objectIdOf(user: User | null, person: string): string {
  const objectId = user ? user.entra?.objectId : normaliseGuid(person);
  if (objectId) return objectId;
  const text = user
    ? `The person ${user._id} was added by hand and is not linked to anybody in Entra.`
    : `Nobody in this enterprise has the id or e-mail address "${person}". For somebody new, give the object id.`;
  throw new AppError(user ? 'person_not_linked' : 'person_not_found', text, { status: 404, field: 'person' });
}

async function explain(cli: Cli, { enterprise, person }: { enterprise: string | undefined; person: string }) {
  const services = await cli.services();
  const enterpriseId = await cli.enterpriseId(enterprise);
  const { tenantId } = await services.integrations.getIntegration(enterpriseId);
  const user = await services.people.findOrNull(enterpriseId, person);
  const objectId = user ? (user.entra?.objectId ?? null) : objectIdOf(user, person);
  const view = user && (await services.personViews.of(user));
  const source = tenantId && objectId ? await sourceOf(services, { enterpriseId, tenantId }, objectId) : null;
  const about = objectId === null ? null : { objectId };
  const problems = about ? await services.problems.list(enterpriseId, { ...about, all: true }) : [];
  const decisions = about ? await services.decisions.list(enterpriseId, about) : [];
  const ledger = user ? await services.ledger.ofPerson(user._id, LEDGER_SHOWN) : [];
  const scope = scopeInWords({ user, source });
  if (user === null && source === null) {
    const text = `Nobody in this enterprise has the id, object id or e-mail address "${person}".`;
    throw new AppError('person_not_found', text, { status: 404, field: 'person' });
  }
  const { groups = [], waitsFor = [], ...reading } = source ?? {};
  const entries = ledger.map(({ _id: id, at, kind, field, teamId, activityId, before, after, why, cause }) => ({
    ...{ id, at, kind, field, team: teamId, activity: activityId ?? null, before, after, why, cause },
  }));
  const record = view && { id: view.id, status: view.status, archivedReason: view.archivedReason, teams: view.teams };
  const id = user?._id ?? null;
  const document = {
    ...{ id, objectId, scope, reading: source && reading, groups, waitsFor },
    ...{ record, problems, decisions, ledger: entries },
  };
  return { document, lines: linesOf(document) };
}

/** The mirror's row, with what each group means for this enterprise. */
async function sourceOf(services: Services, scope: EnterpriseTenant, objectId: string) {
  const { mirror, integrations, structure } = services;
  const { tenantId, enterpriseId } = scope;
  const row = (await mirror.people.load({ tenantId, objectIds: [objectId] })).get(objectId);
  if (row === undefined) return null;
  const { settings, inEffect } = await integrations.getIntegration(enterpriseId);
  const { mappings } = inEffect?.settings ?? settings;
  const known = await mirror.groups.load(tenantId, row.groupIds);
  // A mapping leads to the organisation where its team is now; to none where the team was deleted.
  const home = new Map((await structure.listTeams({ enterpriseId })).map((team) => [team._id, team.organisationId]));
  const groups = row.groupIds.map((groupId) => ({
    id: groupId,
    name: known.get(groupId)?.displayName ?? null,
    state: known.get(groupId)?.state ?? null,
    inEffect: row.groupIdsInEffect.includes(groupId),
    mappings: mappings
      .filter((mapping) => mapping.groupId === groupId)
      .map(({ id, teamId, priority }) => ({ id, teamId, organisationId: home.get(teamId) ?? null, priority })),
  }));
  const { state, readAt, attributes, ripening, look, wantedEmailKey, waitsFor } = row;
  return { state, readAt, attributes, ripening, look, wantedEmailKey, waitsFor, groups };
}

/** The mapped groups through which Entra was seen to hold somebody, whatever became of it (S40). */
export async function groupsSeen(services: Services, { enterpriseId, entra }: User) {
  const { tenantId } = await services.integrations.getIntegration(enterpriseId);
  if (tenantId === null || entra?.tenantId !== tenantId) return [];
  return (await sourceOf(services, { enterpriseId, tenantId }, entra.objectId))?.groups ?? [];
}

type Source = NonNullable<Awaited<ReturnType<typeof sourceOf>>>;

function scopeInWords({ user, source }: { user: User | null; source: Source | null }): string {
  if (user && !user.entra) return 'Added in GetHomeSafe and not linked to Entra: the sync leaves this person alone.';
  if (source === null) return 'Out of scope: in no mapped group when last looked at.';
  const isMember = source.groups.some(({ mappings }) => mappings.length > 0);
  if (source.state === 'unread') return 'In scope, but not read from Entra yet.';
  if (isMember) return 'In scope: in a mapped group.';
  return user ? 'In scope because linked, but in no mapped group.' : 'In no mapped group.';
}

interface Explained {
  readonly id: string | null;
  readonly objectId: string | null;
  readonly scope: string;
  readonly reading: { readonly state?: string; readonly readAt?: Date | null } | null;
  readonly groups: Source['groups'];
  readonly waitsFor: readonly string[];
  readonly record: {
    readonly status: string;
    readonly teams: readonly { name: string | null; reason: string }[];
  } | null;
  readonly problems: readonly { code: string; message: string; remedy: string }[];
  readonly decisions: readonly { subject: string; verdict: string; by: string }[];
  readonly ledger: readonly {
    at: Date;
    kind: string;
    field: string | null;
    before: unknown;
    after: unknown;
    why: string;
  }[];
}

function linesOf(explained: Explained): string[] {
  const { record, reading } = explained;
  return [
    explained.scope,
    ...facts([
      ['id', explained.id],
      ['object id', explained.objectId],
      ['status', record?.status],
      ['in Entra', reading?.state],
      ['read at', reading?.readAt],
      ['waits for', explained.waitsFor],
    ]),
    ...explained.groups.map(
      ({ id, name, mappings }) =>
        `group ${shown(name ?? id)}: ${mappings.length} mappings (${shown(mappings.map((each) => each.teamId))})`,
    ),
    ...(record?.teams ?? []).map(({ name, reason }) => `team ${shown(name)}: ${reason}`),
    ...explained.problems.map(({ code, message, remedy }) => `problem ${code}: ${message} ${remedy}`),
    ...explained.decisions.map(({ subject, verdict, by }) => `decision ${subject}: ${verdict} by ${by}`),
    ...table(
      ['written', 'what', 'before', 'after', 'why'],
      explained.ledger.map(({ at, kind, field, before, after, why }) => [at, field ?? kind, before, after, why]),
      'Nothing was written about this person.',
    ),
  ];
}
