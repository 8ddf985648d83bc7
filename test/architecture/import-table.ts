/** Which part of `src` a file belongs to: its folder, or `compose` and `main` for the files beside the folders. */
export function partOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return first.replace(/\.ts$/, '');
}

/** The parts that a change passes, with what records it, in the order of docs/architecture.md. */
const SERVICE = ['changes', 'mirror', 'projection', 'records', 'tenancy', 'sync', 'reconciliation', 'subscriptions'];

/**
 * Who may import whom, besides itself and the kernel. One table for the whole of `src`; what it means is told in
 * docs/architecture.md, where it goes further than the design in docs/decisions/0011-import-table.md.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  config: [],
  projection: [],
  simulator: [],
  store: ['config'],
  graph: ['config'],
  changes: ['store'],
  intake: ['changes'],
  mirror: ['graph', 'store', 'changes'],
  records: ['store', 'projection', 'changes'],
  tenancy: ['store', 'graph', 'changes'],
  access: ['store', 'graph'],
  sync: ['changes', 'mirror', 'projection', 'records', 'tenancy'],
  reconciliation: ['sync', 'changes', 'mirror', 'projection', 'records', 'tenancy', 'graph'],
  subscriptions: ['graph', 'store', 'changes', 'tenancy'],
  notices: ['config', 'store', 'projection', 'mirror', 'records', 'tenancy', 'reconciliation', 'access'],
  jobs: ['sync', 'reconciliation', 'subscriptions', 'store'],
  http: ['intake', ...SERVICE.filter((part) => part !== 'sync')],
  api: ['http', 'intake', 'access', 'notices', ...SERVICE.filter((part) => part !== 'sync')],
  portal: ['api'],
  cli: ['compose', 'config'],
  compose: [...SERVICE, 'access', 'notices', 'config', 'store', 'graph', 'intake', 'jobs', 'http', 'api', 'portal'],
  main: ['compose', 'config'],
};

export interface Deviation {
  readonly from: string;
  readonly to: string;
  /** `types`: nothing but types, so that nothing of it is there when the program runs. */
  readonly only: 'types' | 'anything';
}

/** Where the code goes beyond the table. Each stands with its reason in docs/decisions/0011-import-table.md. */
export const DEVIATIONS: readonly Deviation[] = [
  { from: 'access', to: 'projection', only: 'anything' },
  { from: 'tenancy', to: 'projection', only: 'anything' },
  { from: 'mirror', to: 'projection', only: 'types' },
  { from: 'sync', to: 'store', only: 'anything' },
  { from: 'sync', to: 'graph', only: 'anything' },
  { from: 'reconciliation', to: 'store', only: 'anything' },
  { from: 'api', to: 'store', only: 'types' },
  { from: 'jobs', to: 'changes', only: 'types' },
  { from: 'jobs', to: 'mirror', only: 'types' },
  { from: 'jobs', to: 'tenancy', only: 'types' },
];

export interface PackageBorder {
  readonly packages: readonly string[];
  /** Folders or files of `src` that may import them. */
  readonly within: readonly string[];
}

/** Packages that only some parts know, so that replacing one touches those alone. */
export const PACKAGE_BORDERS: readonly PackageBorder[] = [
  { packages: ['express', 'helmet', 'express-rate-limit'], within: ['http/', 'api/', 'intake/', 'simulator/'] },
  { packages: ['@microsoft/microsoft-graph-client', '@azure/msal-node', 'jwks-rsa', 'undici'], within: ['graph/'] },
  { packages: ['pino'], within: ['kernel/log.ts'] },
  { packages: ['mongoose'], within: ['store/'] },
  {
    packages: ['mongodb'],
    within: [
      ...['store/', 'records/', 'mirror/', 'changes/', 'tenancy/'],
      ...['subscriptions/', 'sync/', 'reconciliation/', 'jobs/', 'access/', 'notices/'],
    ],
  },
  { packages: ['agenda', '@agendajs/mongo-backend'], within: ['jobs/'] },
  { packages: ['nodemailer'], within: ['notices/'] },
  { packages: ['commander'], within: ['cli/'] },
  { packages: ['csv-stringify'], within: ['reconciliation/'] },
];
