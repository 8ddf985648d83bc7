import { X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, type Configuration, type INetworkModule } from '@azure/msal-node';
import type { GraphConfig } from '../graph-config.js';

/** Login hosts whose endpoints MSAL has built in (MSAL Node 7): they need no look-up and no vouching. */
const BUILT_IN = new Set(['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn']);

/** MSAL's client for one tenant; its token cache lives and dies with it. */
export function createMsalApplication(deps: {
  config: GraphConfig;
  tenantId: string;
  network: INetworkModule;
}): ConfidentialClientApplication {
  const { config, tenantId, network } = deps;
  const auth = { clientId: config.clientId, ...authority(config, tenantId), ...credential(config) };
  return new ConfidentialClientApplication({ auth, system: { networkClient: network, disableInternalRetries: true } });
}

/** Token endpoint of a tenant (Microsoft identity platform, v2.0). */
export function tenantEndpoint(config: GraphConfig, tenantId: string, name: string): string {
  return `${config.authorityHost}/${tenantId}/${name}`;
}

function authority(config: GraphConfig, tenantId: string): Partial<Configuration['auth']> {
  const { host, protocol, hostname } = new URL(config.authorityHost);
  const secure = `https://${host}/${tenantId}`;
  if (protocol === 'https:') {
    return BUILT_IN.has(hostname) ? { authority: secure } : { authority: secure, knownAuthorities: [host] };
  }
  // MSAL accepts no http authority but does accept http endpoints under an https one; a config check allowed loopback only.
  const endpoint = (name: string) => tenantEndpoint(config, tenantId, name);
  const metadata = {
    authorization_endpoint: endpoint('oauth2/v2.0/authorize'),
    token_endpoint: endpoint('oauth2/v2.0/token'),
    issuer: endpoint('v2.0'),
    jwks_uri: endpoint('discovery/v2.0/keys'),
  };
  return { authority: secure, knownAuthorities: [host], authorityMetadata: JSON.stringify(metadata) };
}

function credential(config: GraphConfig): Partial<Configuration['auth']> {
  const given = config.credential;
  if (given.kind === 'secret') return { clientSecret: given.secret };
  const thumbprintSha256 = new X509Certificate(given.certificate).fingerprint256.replaceAll(':', '');
  return { clientCertificate: { thumbprintSha256, privateKey: given.privateKey } };
}
