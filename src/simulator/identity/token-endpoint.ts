import { createHash } from 'node:crypto';
import { sameText } from '../../kernel/secrets.js';
import type { Tenant } from '../world/types.js';
import { issueAppToken, lifetimeClaims, TOKEN_LIFETIME_SECONDS } from './access-token.js';
import { type AuthenticatedClient, authenticateClient, missing } from './client-authentication.js';
import {
  type IdentityAnswer,
  type IdentityContext,
  type IssuedCode,
  isOrganizations,
  tenantOf,
} from './identity-context.js';
import { tokenError } from './token-error.js';

const GRANTS = ['client_credentials', 'authorization_code'];

/** POST /{tenant}/oauth2/v2.0/token. */
export function answerTokenRequest(context: IdentityContext, segment: string, form: URLSearchParams): IdentityAnswer {
  if (context.throttle.times > 0) {
    context.throttle.times -= 1;
    const refused = tokenError(context, 90033, 'A transient error has occurred. Please try again.');
    const headers = { 'retry-after': String(context.throttle.retryAfterSeconds) };
    return refused.kind === 'json' ? { ...refused, headers } : refused;
  }
  const grant = form.get('grant_type');
  // A code knows whose it is; for anything else a tenant has to be named.
  const code = isOrganizations(segment) ? context.codes.get(form.get('code') ?? '') : undefined;
  const tenant = tenantOf(context, code?.tenantId ?? segment);
  if (tenant === undefined && isOrganizations(segment) && grant === 'authorization_code') return unknownCode(context);
  if (tenant === undefined) return tokenError(context, 90002, `Tenant '${segment}' not found.`);
  if (grant === null) return missing(context, 'grant_type');
  if (!GRANTS.includes(grant))
    return tokenError(context, 70003, `The app requested an unsupported grant type '${grant}'.`);
  const client = authenticateClient(context, form, `${context.baseUrl()}/${segment}/oauth2/v2.0/token`);
  if (client.kind !== 'client') return client;
  return grant === 'client_credentials'
    ? grantToApp(context, tenant, { client, form })
    : redeemCode(context, tenant, form);
}

function grantToApp(
  context: IdentityContext,
  tenant: Tenant,
  request: { client: AuthenticatedClient; form: URLSearchParams },
): IdentityAnswer {
  const { clientId } = context.world.application;
  if (tenant.consentedRoles.size === 0) {
    const text = `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'.`;
    return tokenError(
      context,
      700016,
      `${text} This can happen if no administrator of the tenant has consented to it.`,
    );
  }
  const scope = request.form.get('scope');
  if (scope === null) return missing(context, 'scope');
  if (!scope.endsWith('/.default')) {
    return tokenError(context, 70011, `The provided value for the input parameter 'scope' is not valid: ${scope}.`);
  }
  const resource = scope.slice(0, -'/.default'.length);
  if (resource !== 'https://graph.microsoft.com' && resource !== context.baseUrl()) {
    const text = `The resource principal named ${resource} was not found in the tenant named ${tenant.displayName}.`;
    return tokenError(context, 500011, text);
  }
  const lifetime = { expires_in: TOKEN_LIFETIME_SECONDS, ext_expires_in: TOKEN_LIFETIME_SECONDS };
  const accessToken = issueAppToken(context, tenant, request.client.method);
  return { kind: 'json', status: 200, body: { token_type: 'Bearer', ...lifetime, access_token: accessToken } };
}

function redeemCode(context: IdentityContext, tenant: Tenant, form: URLSearchParams): IdentityAnswer {
  const code = context.codes.get(form.get('code') ?? '');
  if (code === undefined || code.tenantId !== tenant.id) return unknownCode(context);
  if (code.redeemed) return tokenError(context, 54005, 'OAuth2 Authorization code was already redeemed.');
  if (code.expiresAtMs <= context.clock.nowMs())
    return tokenError(context, 70008, 'The authorization code has expired.');
  if (form.get('redirect_uri') !== code.redirectUri) {
    return tokenError(context, 500112, 'The reply address does not match the one provided when requesting the code.');
  }
  if (code.challenge !== null) {
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!sameText(challenge, code.challenge)) {
      return tokenError(context, 501481, 'The Code_Verifier does not match the code_challenge supplied.');
    }
  }
  code.redeemed = true;
  return { kind: 'json', status: 200, body: signedIn(context, tenant, code) };
}

function unknownCode(context: IdentityContext): IdentityAnswer {
  return tokenError(context, 70000, 'The provided value for the input parameter code is not valid.');
}

/** The access token of a person has no application roles: Graph lets it do nothing here. */
function signedIn(context: IdentityContext, tenant: Tenant, code: IssuedCode): object {
  const account = tenant.administrators.get(code.principalName);
  const { clientId } = context.world.application;
  const oid = account?.objectId;
  const name = tenant.view().user(oid ?? '')?.properties['displayName'] ?? code.principalName;
  const shared = { oid, tid: tenant.id, uti: context.chance.token(16), ...lifetimeClaims(context) };
  const idToken = context.keys.sign({
    ...{
      ...shared,
      aud: clientId,
      iss: `${context.baseUrl()}/${tenant.id}/v2.0`,
      sub: `${clientId.slice(0, 8)}-${oid}`,
    },
    ...{ name, preferred_username: code.principalName, wids: account?.wids, ver: '2.0' },
    ...(code.nonce === null ? {} : { nonce: code.nonce }),
  });
  const issuer = `https://sts.windows.net/${tenant.id}/`;
  const graph = {
    ...shared,
    aud: 'https://graph.microsoft.com',
    iss: issuer,
    appid: clientId,
    idtyp: 'user',
    ver: '1.0',
  };
  return {
    ...{ token_type: 'Bearer', scope: 'openid profile email', expires_in: TOKEN_LIFETIME_SECONDS },
    ...{ ext_expires_in: TOKEN_LIFETIME_SECONDS, access_token: context.keys.sign({ ...graph, scp: 'openid profile' }) },
    id_token: idToken,
    client_info: Buffer.from(JSON.stringify({ uid: oid, utid: tenant.id })).toString('base64url'),
  };
}
