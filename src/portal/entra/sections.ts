/** The pages of the integration in the order of the help article, with what they need before they open. */
export interface Section {
  /** Below the integration's own address; empty for the first page. */
  readonly path: string;
  readonly label: string;
  /** `connected`: locked until the Tenant GUID is connected (S12). */
  readonly needs: 'nothing' | 'connected';
  readonly group: 'set up' | 'watch' | 'help';
}

export const SECTIONS: readonly Section[] = [
  { path: '', label: 'Overview', needs: 'nothing', group: 'set up' },
  { path: 'plan', label: 'Plan', needs: 'connected', group: 'set up' },
  { path: 'people', label: 'People', needs: 'nothing', group: 'watch' },
  { path: 'problems', label: 'Problems', needs: 'nothing', group: 'watch' },
  { path: 'held', label: 'Held changes', needs: 'nothing', group: 'watch' },
];
