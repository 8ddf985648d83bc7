import { isIP } from 'node:net';
import { PERMISSIONS } from './permissions.js';

/** What of the set-up of the application can be told from here (docs/azure-setup.md). */
export interface SetUp {
  readonly authorityHost: string;
  readonly graphBaseUrl: string;
  readonly notificationUrl: string;
}

/**
 * Which sign-in belongs to which Graph; a token of one cloud is none in another.
 *
 * Source: Microsoft Graph documentation, national cloud deployments, and the hosts that MSAL knows.
 */
const CLOUDS: Readonly<Record<string, readonly string[]>> = {
  'graph.microsoft.com': ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com'],
  'graph.microsoft.us': ['login.microsoftonline.us'],
  'dod-graph.microsoft.us': ['login.microsoftonline.us'],
  'microsoftgraph.chinacloudapi.cn': ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
};

/** Sign-in and Graph must be of one cloud, and Graph must be able to find our address; throws what is wrong. */
export function addressesFit({ authorityHost, graphBaseUrl, notificationUrl }: SetUp): string {
  const [graph, signIn] = [new URL(graphBaseUrl).hostname, new URL(authorityHost).hostname];
  const wanted = CLOUDS[graph];
  if (wanted && !wanted.includes(signIn)) {
    const mend = `set AZURE_AUTHORITY_HOST to https://${wanted[0]}, or GRAPH_BASE_URL to the Graph of that cloud`;
    throw new Error(`${signIn} signs in to another cloud than ${graph} belongs to: ${mend}.`);
  }
  const own = new URL(notificationUrl).hostname;
  if (wanted && isPrivate(own)) {
    const mend = 'set NOTIFICATION_URL to an https address that is reached from the internet';
    throw new Error(`${own} is an address of a network of your own, which Microsoft cannot reach: ${mend}.`);
  }
  return `${signIn} and ${graph} are of one cloud; Graph is to call ${own}`;
}

/** Loopback and what RFC 1918, RFC 6762 and RFC 4193 keep for networks of one's own. */
function isPrivate(host: string): boolean {
  if (host === 'localhost' || /\.(local|internal|localhost)$/.test(host)) return true;
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) === 6) return /^(::1$|f[cd]|fe80)/i.test(address);
  return isIP(address) === 4 && /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(address);
}

/** Needed only where a group with hidden membership is mapped (docs/azure-setup.md). */
const ALSO_KNOWN = ['Member.Read.Hidden'];

/** What the tenant granted beyond what GetHomeSafe reads with; throws where that lets it write. */
export function leastPrivilege(granted: readonly string[] | null): string {
  if (granted === null) return 'the token does not tell what was granted';
  const needed = [...PERMISSIONS.map(({ name }) => name), ...ALSO_KNOWN];
  const beyond = granted.filter((role) => !needed.includes(role));
  const writing = beyond.filter((role) => !/\.(Read|ReadBasic)(\.|$)/.test(role));
  if (writing.length > 0) {
    const mend = 'Take them out of the app registration, and have the tenant take back its consent to them';
    throw new Error(`GetHomeSafe only reads, and may do more than that: ${writing.join(', ')}. ${mend}.`);
  }
  const more = beyond.length === 0 ? 'nothing beyond what is needed' : `also ${beyond.join(', ')}, which is not needed`;
  return `${granted.length} permissions granted, ${more}`;
}
