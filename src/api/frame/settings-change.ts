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

/**
 * An error names the field as the caller of this API knows it, and so do its sentences that begin with a name. The place
 * in a list stays in the words only: the caller gave the list.
 */
export function asField(names: Readonly<Record<string, string>>) {
  const known = (field: string) => {
    const [, name = field, place = ''] = /^(.*?)(\.\d+)?$/s.exec(field) ?? [];
    return { name: names[name], place };
  };
  return (error: unknown): never => {
    if (!(error instanceof AppError) || error.field === undefined) throw error;
    const { name: field = error.field } = known(error.field);
    const message = error.message.replace(FIRST_WORDS, (all, before: string, word: string) => {
      const { name, place } = known(word);
      return name === undefined ? all : before + name + place;
    });
    throw new AppError(error.code, message, { status: error.status, field, cause: error });
  };
}

/** The word that a sentence begins with, where it is a name such as `emails.0` and not just a word. */
const FIRST_WORDS = /(^|\. )([a-z][\w-]*(?:\.[\w-]*)*)(?= )/g;
