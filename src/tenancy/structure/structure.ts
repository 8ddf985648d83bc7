import type { ClientSession } from 'mongodb';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { raiseFence } from '../../store/fence.js';
import type { InstantPage } from '../../store/pages/instant-pages.js';
import { isDuplicateKey } from '../../store/transaction.js';
import { setCalendarActivities } from '../calendar-activities.js';
import { unknownEnterprise } from '../change-integration.js';
import { checked, countrySchema, nameKeyOf, nameSchema, zoneSchema } from '../checked-input.js';
import { newIntegration, takeZoneOfFirstOrganisation } from '../new-integration.js';
import { audit, inTransaction, type TenancyDeps } from '../tenancy-deps.js';
import {
  ENTERPRISES,
  type EnterpriseRow,
  INTEGRATIONS,
  type IntegrationRow,
  ORGANISATIONS,
  type OrganisationRow,
  TEAMS,
  type TeamRow,
} from '../types.js';
import { type EnterprisePageWanted, enterprisePage } from './enterprise-page.js';
import { findOrganisation, type OrganisationWanted } from './find-organisation.js';

/** Largest settings of one team, in characters of JSON. */
const TEAM_SETTINGS_MAX_LENGTH = 16_384;

const teamSettings = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= TEAM_SETTINGS_MAX_LENGTH, 'are too large');
const newEnterprise = z.strictObject({ name: nameSchema });
const newOrganisation = z.strictObject({ name: nameSchema, zone: zoneSchema, country: countrySchema.nullish() });
const newTeam = z.strictObject({ name: nameSchema, settings: teamSettings.optional() });

export interface NewOrganisation {
  readonly enterpriseId: string;
  readonly name: string;
  /** IANA time zone. */
  readonly zone: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | null;
  readonly by: string;
}

export interface NewTeam {
  readonly organisationId: string;
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly by: string;
}

/** Enterprise, organisation, team: made, listed and shown. Lists are sorted by name. */
export interface Structure {
  createEnterprise(input: { readonly name: string; readonly by: string }): Promise<EnterpriseRow>;
  listEnterprises(): Promise<EnterpriseRow[]>;
  enterprisePage(wanted: EnterprisePageWanted): Promise<InstantPage<EnterpriseRow>>;
  getEnterprise(enterpriseId: string): Promise<EnterpriseRow>;
  createOrganisation(input: NewOrganisation): Promise<OrganisationRow>;
  listOrganisations(enterpriseId: string): Promise<OrganisationRow[]>;
  getOrganisation(organisationId: string): Promise<OrganisationRow>;
  /** The same, of one enterprise only. */
  organisationOf(wanted: OrganisationWanted): Promise<OrganisationRow>;
  /** Default activity type and approval of what comes from calendars (E57). */
  setCalendarActivities(input: Parameters<typeof setCalendarActivities>[1]): Promise<OrganisationRow>;
  createTeam(input: NewTeam): Promise<TeamRow>;
  /** Of one organisation where it is given. */
  listTeams(of: { readonly enterpriseId: string; readonly organisationId?: string }): Promise<TeamRow[]>;
  getTeam(teamId: string): Promise<TeamRow>;
  /** Replaces a team's settings: everybody in the team follows, because nothing of them is copied. */
  setTeamSettings(input: {
    readonly teamId: string;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly by: string;
  }): Promise<TeamRow>;
  /**
   * For good. Mappings to the team stay and show as broken (E13); its members are team-less, which `dropTeam` of the
   * people writes down. null: the enterprise has no such team (any more).
   */
  deleteTeam(input: {
    readonly enterpriseId: string;
    readonly teamId: string;
    readonly by: string;
  }): Promise<TeamRow | null>;
}

export function createStructure(deps: TenancyDeps): Structure {
  const enterprises = deps.store.collection<EnterpriseRow>(ENTERPRISES);
  const organisations = deps.store.collection<OrganisationRow>(ORGANISATIONS);
  const teams = deps.store.collection<TeamRow>(TEAMS);
  const integrations = deps.store.collection<IntegrationRow>(INTEGRATIONS);

  return {
    createEnterprise,
    listEnterprises: () => enterprises.find().sort({ nameKey: 1, _id: 1 }).toArray(),
    enterprisePage: (wanted) => enterprisePage(enterprises, wanted),
    getEnterprise,
    createOrganisation,
    listOrganisations: (enterpriseId) => organisations.find({ enterpriseId }).sort({ nameKey: 1, _id: 1 }).toArray(),
    getOrganisation,
    organisationOf: (wanted) => findOrganisation(deps, wanted),
    setCalendarActivities: (input) => setCalendarActivities(deps, input),
    createTeam,
    listTeams: (of) =>
      teams
        .find({ ...of })
        .sort({ organisationId: 1, nameKey: 1, _id: 1 })
        .toArray(),
    getTeam,
    setTeamSettings,
    deleteTeam,
  };

  async function createEnterprise(input: { name: string; by: string }): Promise<EnterpriseRow> {
    const { name } = checked(newEnterprise, { name: input.name });
    const row = { _id: deps.chance.guid(), name, nameKey: nameKeyOf(name), createdAt: deps.clock.now() };
    const entry = { enterpriseId: row._id, by: input.by, what: 'enterprise.created', after: { name } };
    return created(row, entry, async (session) => {
      await enterprises.insertOne(row, { session });
      await integrations.insertOne(newIntegration(row._id), { session });
    });
  }

  async function createOrganisation(input: NewOrganisation): Promise<OrganisationRow> {
    const { enterpriseId, by, ...rest } = input;
    const { name, zone, country = null } = checked(newOrganisation, rest);
    await getEnterprise(enterpriseId);
    const row = {
      _id: deps.chance.guid(),
      enterpriseId,
      name,
      nameKey: nameKeyOf(name),
      zone,
      country,
      createdAt: deps.clock.now(),
    };
    const after = { organisationId: row._id, name, zone, country };
    return created(row, { enterpriseId, by, what: 'organisation.created', after }, async (session) => {
      const isFirst = (await organisations.countDocuments({ enterpriseId }, { session, limit: 1 })) === 0;
      await organisations.insertOne(row, { session });
      if (isFirst) await takeZoneOfFirstOrganisation(deps, session, row);
    });
  }

  async function createTeam(input: NewTeam): Promise<TeamRow> {
    const { organisationId, by, ...rest } = input;
    const { name, settings = {} } = checked(newTeam, rest);
    const { enterpriseId } = await getOrganisation(organisationId);
    const row = {
      _id: deps.chance.guid(),
      enterpriseId,
      organisationId,
      name,
      nameKey: nameKeyOf(name),
      settings,
      createdAt: deps.clock.now(),
    };
    const after = { teamId: row._id, organisationId, name };
    return created(row, { enterpriseId, by, what: 'team.created', after }, async (session) => {
      await teams.insertOne(row, { session });
    });
  }

  async function created<T extends EnterpriseRow | OrganisationRow | TeamRow>(
    row: T,
    entry: { enterpriseId: string; by: string; what: string; after: unknown },
    insert: (session: ClientSession) => Promise<void>,
  ): Promise<T> {
    const { by, ...rest } = entry;
    try {
      await inTransaction(deps, async (session) => {
        await raiseFence(deps.store, session, entry.enterpriseId);
        await insert(session);
        await audit(deps, session, { ...rest, who: by, before: null });
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw nameTaken(row.name);
      throw error;
    }
    return row;
  }

  async function setTeamSettings(input: { teamId: string; settings: unknown; by: string }): Promise<TeamRow> {
    const { settings } = checked(z.object({ settings: teamSettings }), { settings: input.settings });
    return inTransaction(deps, async (session) => {
      const before = await teams.findOneAndUpdate({ _id: input.teamId }, { $set: { settings } }, { session });
      if (before === null) throw unknown('team', input.teamId);
      const { enterpriseId } = before;
      await raiseFence(deps.store, session, enterpriseId);
      const entry = { before: before.settings, after: { teamId: input.teamId, settings } };
      await audit(deps, session, { enterpriseId, who: input.by, what: 'team.settings_changed', ...entry });
      return { ...before, settings };
    });
  }

  async function deleteTeam(input: { enterpriseId: string; teamId: string; by: string }): Promise<TeamRow | null> {
    const { enterpriseId, teamId, by } = input;
    return inTransaction(deps, async (session) => {
      const team = await teams.findOneAndDelete({ _id: teamId, enterpriseId }, { session });
      if (team === null) return null;
      await raiseFence(deps.store, session, enterpriseId);
      const { organisationId, name, settings } = team;
      const before = { teamId, organisationId, name, settings };
      await audit(deps, session, { enterpriseId, who: by, what: 'team.deleted', before, after: null });
      return team;
    });
  }

  async function getEnterprise(enterpriseId: string): Promise<EnterpriseRow> {
    const row = await enterprises.findOne({ _id: enterpriseId });
    if (row === null) throw unknownEnterprise(enterpriseId);
    return row;
  }

  async function getOrganisation(organisationId: string): Promise<OrganisationRow> {
    const row = await organisations.findOne({ _id: organisationId });
    if (row === null) throw unknown('organisation', organisationId);
    return row;
  }

  async function getTeam(teamId: string): Promise<TeamRow> {
    const row = await teams.findOne({ _id: teamId });
    if (row === null) throw unknown('team', teamId);
    return row;
  }
}

function nameTaken(name: string): AppError {
  return new AppError('name_taken', `There is one named "${name}" already: choose another name.`, {
    status: 409,
    field: 'name',
  });
}

function unknown(kind: 'organisation' | 'team', id: string): AppError {
  const message = `There is no ${kind} ${id}.`;
  return new AppError(`${kind}_not_found`, message, { status: 404, field: `${kind}Id`, command: `ghs ${kind} list` });
}
