import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { SettingsPatch } from '../../tenancy/settings/integration-settings.js';
import type { ApiServices } from '../api-services.js';

/** Saves settings for a caller; where `If-Match` names a version, only if that is still the one. */
export async function changeSettings(
  { settings }: Pick<ApiServices, 'settings'>,
  caller: { readonly enterpriseId: string; readonly principal: Principal; readonly ifMatch: string | undefined },
  patch: SettingsPatch,
): Promise<void> {
  const { enterpriseId, principal, ifMatch } = caller;
  const by = { by: principal.who, ...revisionOf(ifMatch) };
  await settings.setSettings(enterpriseId, patch, by).catch(asPrecondition);
}

/** The version that a caller wants to change, where one is named. */
export function revisionOf(ifMatch: string | undefined): { readonly revision?: number } {
  if (ifMatch === undefined) return {};
  if (/^\d{1,15}$/.test(ifMatch)) return { revision: Number(ifMatch) };
  throw new AppError('invalid_input', 'If-Match is no version: give the ETag of the settings.', { field: 'If-Match' });
}

/** What was checked against `If-Match` fails as HTTP says. */
export function asPrecondition(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'changed_meanwhile') throw error;
  throw new AppError(error.code, error.message, { status: 412, cause: error });
}

/** An error names the field as the caller of this API knows it. */
export function asField(names: Readonly<Record<string, string>>) {
  return (error: unknown): never => {
    const field = error instanceof AppError && error.field !== undefined ? names[error.field] : undefined;
    if (!(error instanceof AppError) || field === undefined) throw error;
    throw new AppError(error.code, error.message, { status: error.status, field, cause: error });
  };
}
