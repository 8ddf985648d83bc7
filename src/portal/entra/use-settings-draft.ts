import { useOutletContext } from 'react-router';
import type { Integration } from '../api/types.js';
import { useEnterprise } from '../session/use-session.js';
import type { EntraContext } from './entra-layout.js';
import { type Draft, useDraft } from './use-draft.js';

export type SettingsDraft = Draft<Integration>;

/** The settings of the integration itself, as somebody edits them. */
export function useSettingsDraft(): SettingsDraft {
  const { integration } = useOutletContext<EntraContext>();
  const { base } = useEnterprise();
  return useDraft({ saved: integration, revision: integration.revision, path: `${base}/integration` });
}
