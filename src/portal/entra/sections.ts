/** The pages of the integration in the order of the help article, with what they need before they open. */
export interface Section {
  /** Below the integration's own address; empty for the first page. */
  readonly path: string;
  readonly label: string;
  /** `connected`: locked until the Tenant GUID is connected (S12). */
  readonly needs: 'nothing' | 'connected';
  readonly group: 'set up' | 'watch' | 'help';
}

export const SECTIONS = [
  { path: '', label: 'Overview', needs: 'nothing', group: 'set up' },
  { path: 'team-sync', label: 'Team Sync Settings', needs: 'connected', group: 'set up' },
  { path: 'field-mappings', label: 'Field Mappings', needs: 'connected', group: 'set up' },
  { path: 'team-mappings', label: 'Team Mappings', needs: 'connected', group: 'set up' },
  { path: 'calendar-activities', label: 'Calendar Activities', needs: 'connected', group: 'set up' },
  { path: 'lifecycle', label: 'Lifecycle', needs: 'connected', group: 'set up' },
  { path: 'notices', label: 'Notices', needs: 'nothing', group: 'set up' },
  { path: 'plan', label: 'Plan', needs: 'connected', group: 'set up' },
  { path: 'people', label: 'People', needs: 'nothing', group: 'watch' },
  { path: 'problems', label: 'Problems', needs: 'nothing', group: 'watch' },
  { path: 'held', label: 'Held changes', needs: 'nothing', group: 'watch' },
  { path: 'history', label: 'Sync history', needs: 'nothing', group: 'watch' },
  { path: 'log', label: 'Audit log', needs: 'nothing', group: 'watch' },
  { path: 'doctor', label: 'Connection doctor', needs: 'nothing', group: 'help' },
] as const satisfies readonly Section[];

type SectionPath = (typeof SECTIONS)[number]['path'];
/** A page of the integration, or something on it: links that lead nowhere do not compile. */
export type EntraPath = SectionPath | `${Exclude<SectionPath, ''>}${'/' | '?'}${string}`;

/** Why a page is locked. */
export const LOCKED = 'Locked until the Tenant GUID is connected.';

/** Whether what needs a connection opens. */
export function isConnected({ connection }: { readonly connection: string }): boolean {
  return connection === 'connected' || connection === 'error';
}
