import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS } from '../../../src/kernel/clock.js';
import { waitUntil } from '../../stage/wait-until.js';
import type { Stage } from '../start-stage.js';
import { type Control, createControl } from './control.js';

const idSchema = z.object({ id: z.string() });
const groupSchema = z.object({ id: z.string(), displayName: z.string() });

export interface NamedId {
  readonly id: string;
  readonly name: string;
}

/** An Entra group that feeds a team. */
export interface MappedTeam {
  readonly team: NamedId;
  readonly organisationId: string;
  readonly group: NamedId;
}

export interface Place {
  readonly organisations: readonly (NamedId & { readonly teams: readonly NamedId[] })[];
  /** `field` is fed by a group that holds other groups. */
  readonly mapped: Readonly<Record<'field' | 'night' | 'support', MappedTeam>>;
  /** A group below the one of `field`, not mapped itself. */
  readonly below: NamedId;
}

/** Two organisations with teams, Team Mappings of seeded groups, the switches on, and Graph's subscriptions there. */
export async function setUp(stage: Stage, tenantId: string): Promise<Place> {
  const { ghs, services, signal, simulator } = stage;
  const control = createControl(simulator.control, signal);
  const groups = await seededGroups(control, tenantId);
  const [lines, care] = await Promise.all([
    organisation(stage, 'Lines', { zone: 'Pacific/Auckland', country: 'NZ', teams: ['Field', 'Night'] }),
    organisation(stage, 'Care', { zone: 'Australia/Sydney', country: 'AU', teams: ['Support'] }),
  ]);
  // Who is in groups of both organisations belongs to that of the mapping that goes first: the same one in every demo.
  const map = async (priority: number, { id: organisationId, teams }: typeof lines, group: NamedId) => {
    const team = teams[priority] ?? teams[0];
    if (!team) throw new AppError('no_team', 'A team was not made.');
    const pair = ['--group', group.id, '--team', team.id];
    await ghs(idSchema, 'teams', 'map', ...pair, '--priority', String(priority));
    return { team, organisationId, group };
  };
  const [field, night] = await Promise.all([map(0, lines, groups.field), map(1, lines, groups.night)]);
  const [support] = await Promise.all([
    map(2, care, groups.support),
    ghs(z.object({ usersSync: z.literal(true) }), ...'integration set --users-sync on --team-sync on'.split(' ')),
  ]);
  await waitUntil(
    async () =>
      (await services.subscriptions.ofTenant(tenantId)).filter(
        ({ kind, state }) => kind !== 'events' && state === 'active',
      ).length === 2,
    { for: 'two active subscriptions of the directory', limitMs: 20 * SECOND_MS, signal },
  );
  return { organisations: [lines, care], mapped: { field, night, support }, below: groups.below };
}

async function organisation(
  { ghs }: Stage,
  name: string,
  { zone, country, teams }: { zone: string; country: string; teams: readonly string[] },
) {
  const place = ['--zone', zone, '--country', country];
  const { id } = await ghs(idSchema, 'organisation', 'create', '--name', name, ...place);
  const made: NamedId[] = [];
  for (const each of teams) {
    const team = await ghs(idSchema, 'team', 'create', '--organisation', id, '--name', each);
    made.push({ id: team.id, name: each });
  }
  return { id, name, teams: made };
}

/** The first seeded group holds the second and the third; the others used here hold people. */
async function seededGroups(control: Control, tenantId: string) {
  const found = await control.items(groupSchema, `/tenants/${tenantId}/groups`);
  const groups = found.map(({ id, displayName: name }): NamedId => ({ id, name }));
  const [field, below, , night, , , , support] = groups;
  if (!field || !below || !night || !support)
    throw new AppError('no_groups', 'The simulated tenant has too few groups.');
  return { field, below, night, support };
}
