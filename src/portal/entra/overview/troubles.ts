/** What an administrator can do about a failure, in one click (S31 to S34). */
export type Remedy = 'change_tenant' | 'consent' | 'check' | 'sync_now' | 'doctor' | 'team_mappings' | 'held';

/** Where a remedy is; the others are done on the spot. */
export const REMEDY_LINKS: Readonly<Partial<Record<Remedy, { readonly to: string; readonly label: string }>>> = {
  change_tenant: { to: '?mend=tenant', label: 'Check the Tenant GUID' },
  consent: { to: '?mend=consent', label: 'Approve GetHomeSafe again' },
  doctor: { to: '/doctor', label: 'Connection doctor' },
  team_mappings: { to: '/team-mappings', label: 'Go to Team Mappings' },
  held: { to: '/held', label: 'See what is held' },
};

export interface Trouble {
  readonly title: string;
  /** What to do, beside what the message of the service says. */
  readonly todo: string;
  /** The first is the most likely. */
  readonly remedies: readonly Remedy[];
}

const PASSING: Trouble = {
  title: 'Microsoft could not be reached, or asked to wait',
  todo: 'Choose Sync Now. If it succeeds, the fault was a temporary one.',
  remedies: ['sync_now', 'doctor'],
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  tenant_not_found: {
    title: 'Microsoft knows no such tenant',
    todo: 'Compare the Tenant GUID with the Tenant ID in the Microsoft Entra admin center (Identity, Overview): they must match exactly.',
    remedies: ['change_tenant', 'doctor'],
  },
  app_not_consented: {
    title: 'GetHomeSafe is not approved in the tenant any more',
    todo: 'An administrator of the tenant approves it again.',
    remedies: ['consent', 'check'],
  },
  permission_denied: {
    title: 'A permission of the GetHomeSafe enterprise application is missing',
    todo: 'An administrator of the tenant approves GetHomeSafe again. The connection doctor names each permission.',
    remedies: ['consent', 'doctor', 'check'],
  },
  subscription_inactive: {
    title: 'The Microsoft subscription is not active, or GetHomeSafe is switched off in the tenant',
    todo: 'See that the Microsoft Entra subscription is active, and that GetHomeSafe is enabled under Enterprise applications in your Azure portal.',
    remedies: ['check', 'doctor'],
  },
  throttled: PASSING,
  network: PASSING,
  timeout: PASSING,
  no_group_mapping: {
    title: 'The sync was skipped: there is no group mapping',
    todo: 'Map at least one Entra group to a team.',
    remedies: ['team_mappings'],
  },
  removal_brake: {
    title: 'Removals are held',
    todo: 'Put the directory right, and they go by themselves; or approve them where they are meant.',
    remedies: ['held'],
  },
};

const UNKNOWN: Trouble = {
  title: 'The sync failed',
  todo: 'Choose Sync Now. If it fails again, contact GetHomeSafe support.',
  remedies: ['sync_now', 'doctor'],
};

export function troubleOf(code: string): Trouble {
  return TROUBLES[code] ?? UNKNOWN;
}
