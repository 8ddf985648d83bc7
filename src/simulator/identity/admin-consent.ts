import {
  askToSignIn,
  carriedParameters,
  checkCredentials,
  redirectBack,
  refuseCaller,
  type SentForm,
} from './authorize.js';
import { type IdentityAnswer, type IdentityContext, tenantOf } from './identity-context.js';

/** Roles that may consent to application permissions of Graph: Global and Privileged Role Administrator. */
const CONSENTING_WIDS = ['62e90394-69f5-4237-9190-012177145e10', 'e8611ab8-c189-46e8-94e1-60213ab1f814'];
const NOT_AN_ADMINISTRATOR = 'AADSTS90094: An administrator of this tenant must grant these permissions.';

/** GET and POST /{tenant}/v2.0/adminconsent (and without v2.0): an administrator grants all that the app asks for. */
export function answerAdminConsent(
  context: IdentityContext,
  segment: string,
  asked: { query: URLSearchParams; form: SentForm; version: 'v1' | 'v2' },
): IdentityAnswer {
  const parameters = carriedParameters(asked);
  const tenant = tenantOf(context, segment);
  const refused = refuseCaller(context, tenant, parameters);
  if (refused !== null || tenant === undefined)
    return refused ?? redirectBack(parameters, { error: 'invalid_request' });
  if (asked.form?.get('decision') === 'cancel') {
    const text = 'AADSTS65004: The resource owner or authorization server denied the request.';
    return redirectBack(parameters, { error: 'access_denied', error_description: text, error_subcode: 'cancel' });
  }
  const principalName = checkCredentials(tenant, asked.form);
  const wids = tenant.administrators.get(principalName ?? '')?.wids ?? [];
  const { requestedRoles } = context.world.application;
  if (principalName === null || !wids.some((wid) => CONSENTING_WIDS.includes(wid))) {
    const path = asked.version === 'v2' ? 'v2.0/adminconsent' : 'adminconsent';
    const lines = ['GetHomeSafe asks for these permissions for your whole organisation:', ...requestedRoles];
    const request = { parameters, form: asked.form, path, lines, button: 'Accept' };
    return askToSignIn(tenant, principalName === null ? request : { ...request, error: NOT_AN_ADMINISTRATOR });
  }
  for (const role of requestedRoles) tenant.consentedRoles.add(role);
  const scope = parameters.get('scope');
  const granted = { admin_consent: 'True', tenant: tenant.id };
  return redirectBack(parameters, asked.version === 'v2' && scope !== null ? { ...granted, scope } : granted);
}
