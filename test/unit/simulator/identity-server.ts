import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { ConfidentialClientApplication, type Configuration } from '@azure/msal-node';
import express from 'express';
import { createIdentity } from '../../../src/simulator/identity/identity-router.js';
import { createWorld, SIMULATED_PASSWORD } from '../../../src/simulator/world/create-world.js';
import type { onlyTenant } from './directory-client.js';

export const REDIRECT_URI = 'http://127.0.0.1:8080/connect/callback';
export const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** The simulated Entra on a port of its own, and what a browser and MSAL do with it. */
export async function anIdentityServer(options: { consentedRoles?: readonly string[] } = {}) {
  const time = { aheadMs: 0 };
  const consentedRoles = options.consentedRoles ?? ['User.Read.All'];
  const world = createWorld({
    seed: 3,
    tenants: [
      { people: 10, groups: 2, consentedRoles },
      { people: 2, groups: 0 },
    ],
  });
  const [tenant, other] = [...world.tenants.values()];
  if (tenant === undefined || other === undefined) throw new Error('two tenants were asked for');
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  const identity = createIdentity(world, { baseUrl: () => url, clock: { nowMs: () => Date.now() + time.aheadMs } });
  app.use(identity.router);

  const { clientId, clientSecret } = world.application;
  const send = (path: string, form: Record<string, string>) =>
    fetch(`${url}${path}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) });
  const token = (change: Record<string, string> = {}, segment = tenant.id) =>
    send(`/${segment}/oauth2/v2.0/token?client-request-id=1`, {
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
      ...{ scope: 'https://graph.microsoft.com/.default', ...change },
    });
  const authorizeQuery = (change: Record<string, string> = {}) =>
    new URLSearchParams({
      ...{ client_id: clientId, response_type: 'code', redirect_uri: REDIRECT_URI, state: 'a&b', nonce: 'n-1' },
      ...{ scope: 'openid profile', code_challenge: CHALLENGE, code_challenge_method: 'S256', ...change },
    });
  const credentials = { username: `admin@${tenant.domain}`, password: SIMULATED_PASSWORD, decision: 'accept' };
  const signIn = (change: Record<string, string> = {}) =>
    send(`/${tenant.id}/oauth2/v2.0/authorize?${authorizeQuery()}`, { ...credentials, ...change });
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { ...{ world, tenant, other, url, identity, time, send, token, authorizeQuery, credentials, signIn, close } };
}

/** The body of an answer, to be looked into freely. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client in a script would
export async function jsonOf(response: Response): Promise<any> {
  return response.json();
}

/** MSAL as the service sets it up for plain http on loopback: the authority stays https, its endpoints are given. */
export function msalFor(
  server: { url: string; tenant: ReturnType<typeof onlyTenant> },
  auth: Partial<Configuration['auth']>,
) {
  const root = `${server.url}/${server.tenant.id}`;
  const host = new URL(server.url).host;
  const authorityMetadata = JSON.stringify({
    ...{ authorization_endpoint: `${root}/oauth2/v2.0/authorize`, token_endpoint: `${root}/oauth2/v2.0/token` },
    ...{ issuer: `${root}/v2.0`, jwks_uri: `${root}/discovery/v2.0/keys` },
  });
  const authority = `https://${host}/${server.tenant.id}`;
  return new ConfidentialClientApplication({
    auth: { clientId: '', ...auth, authority, knownAuthorities: [host], authorityMetadata },
  });
}
