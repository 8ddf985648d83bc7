import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { TenancyDeps } from '../tenancy-deps.js';
import { ORGANISATIONS, type OrganisationRow } from '../types.js';

export interface OrganisationWanted {
  readonly enterpriseId: string;
  readonly organisationId: string;
}

/** An organisation of an enterprise; those of others are not there. @throws AppError organisation_not_found */
export async function findOrganisation(
  { store }: Pick<TenancyDeps, 'store'>,
  { enterpriseId, organisationId }: OrganisationWanted,
  session?: ClientSession,
): Promise<OrganisationRow> {
  const rows = store.collection<OrganisationRow>(ORGANISATIONS);
  const row = await rows.findOne({ _id: organisationId, enterpriseId }, session ? { session } : {});
  if (row === null) throw noOrganisation(organisationId);
  return row;
}

export function noOrganisation(organisationId: string): AppError {
  const text = `There is no organisation ${organisationId} in this enterprise.`;
  const command = 'ghs organisation list';
  return new AppError('organisation_not_found', text, { status: 404, field: 'organisation', command });
}
