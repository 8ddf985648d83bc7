import { MINUTE_MS } from '../../kernel/clock.js';
import { sameText } from '../../kernel/secrets.js';
import type { Tenant } from '../world/types.js';
import {
  type IdentityAnswer,
  type IdentityContext,
  isOrganizations,
  isRegisteredRedirect,
  ORGANIZATIONS,
  tenantOf,
} from './identity-context.js';
import { refusalPage, signInPage } from './sign-in-page.js';

/** Codes live about ten minutes (Microsoft, OAuth 2.0 authorization code flow). */
const CODE_LIFETIME_MS = 10 * MINUTE_MS;
const CREDENTIALS = ['username', 'password', 'decision'];

/** Where somebody signs in: a tenant, or the page that finds it by the user name. */
type SignInPlace = Pick<Tenant, 'id' | 'displayName'>;
const ANY_ORGANIZATION: SignInPlace = { id: ORGANIZATIONS, displayName: 'your organisation' };

/** A page request (null) or the form sent from it. */
export type SentForm = URLSearchParams | null;

/** GET and POST /{tenant}/oauth2/v2.0/authorize: the sign-in page, and a code for who signs in. */
export function answerAuthorize(
  context: IdentityContext,
  segment: string,
  asked: { query: URLSearchParams; form: SentForm },
): IdentityAnswer {
  const parameters = carriedParameters(asked);
  const asksHome = isOrganizations(segment);
  const tenant = tenantOf(context, asksHome ? domainTyped(asked.form) : segment);
  const place = asksHome ? ANY_ORGANIZATION : tenant;
  const refused = refuseCaller(context, place, parameters);
  if (refused !== null || place === undefined) return refused ?? page(400, refusalPage('Unknown tenant.'));
  const back = (answer: Record<string, string>) => redirectBack(parameters, answer);
  if (parameters.get('response_type') !== 'code') {
    return back({ error: 'unsupported_response_type', error_description: 'Only response_type=code is supported.' });
  }
  const challenge = parameters.get('code_challenge');
  if (challenge !== null && parameters.get('code_challenge_method') !== 'S256') {
    return back({ error: 'invalid_request', error_description: 'AADSTS501491: Use code_challenge_method=S256.' });
  }
  if (parameters.get('prompt') === 'none') return back({ error: 'login_required', error_description: 'AADSTS50058' });
  if (asked.form?.get('decision') === 'cancel') {
    return back({
      error: 'access_denied',
      error_description: 'AADSTS65004: User declined to consent.',
      error_subcode: 'cancel',
    });
  }
  const principalName = tenant === undefined ? null : checkCredentials(tenant, asked.form);
  if (principalName === null || tenant === undefined) {
    return askToSignIn(place, {
      parameters,
      form: asked.form,
      path: 'oauth2/v2.0/authorize',
      lines: [],
      button: 'Sign in',
    });
  }
  const code = context.chance.token(48);
  const redirectUri = parameters.get('redirect_uri') ?? '';
  const expiresAtMs = context.clock.nowMs() + CODE_LIFETIME_MS;
  const issued = { tenantId: tenant.id, principalName, redirectUri, challenge, nonce: parameters.get('nonce') };
  context.codes.set(code, { ...issued, expiresAtMs, redeemed: false });
  return back({ code, session_state: context.chance.guid() });
}

/** The domain of the user name that was typed. */
function domainTyped(form: SentForm): string {
  return form?.get('username')?.trim().split('@')[1] ?? '';
}

/** The request's parameters from the query or carried by the form, without what was typed. */
export function carriedParameters(asked: { query: URLSearchParams; form: SentForm }): URLSearchParams {
  const all = [...asked.query, ...(asked.form ?? [])].filter(([name]) => !CREDENTIALS.includes(name));
  return new URLSearchParams(Object.fromEntries(all));
}

/** Unknown tenants, applications and addresses get a page: nothing is ever sent to an unregistered address. */
export function refuseCaller(
  context: IdentityContext,
  place: SignInPlace | undefined,
  parameters: URLSearchParams,
): IdentityAnswer | null {
  if (place === undefined) return page(400, refusalPage('AADSTS90002: This tenant was not found.'));
  const clientId = parameters.get('client_id') ?? '';
  if (clientId.toLowerCase() !== context.world.application.clientId) {
    return page(400, refusalPage(`AADSTS700016: Application with identifier '${clientId}' was not found.`));
  }
  if (isRegisteredRedirect(context, parameters.get('redirect_uri') ?? '')) return null;
  return page(400, refusalPage('AADSTS50011: The redirect URI does not match those of the application.'));
}

/** The principal name of who signs in with the form, or null. */
export function checkCredentials(tenant: Tenant, form: SentForm): string | null {
  const principalName = form?.get('username')?.trim().toLowerCase() ?? '';
  const account = tenant.administrators.get(principalName);
  return account !== undefined && sameText(form?.get('password') ?? '', account.password) ? principalName : null;
}

/** The sign-in form, with an error where one was sent already. */
export function askToSignIn(
  place: SignInPlace,
  request: {
    parameters: URLSearchParams;
    form: SentForm;
    path: string;
    lines: readonly string[];
    button: string;
    error?: string;
  },
): IdentityAnswer {
  const { parameters, form, path, lines, button } = request;
  const error = form === null ? null : (request.error ?? 'AADSTS50126: The user name or the password is incorrect.');
  const username = form?.get('username') ?? parameters.get('login_hint') ?? '';
  const title = `Sign in to ${place.displayName} (simulated)`;
  const html = signInPage({
    title,
    lines,
    action: `/${place.id}/${path}`,
    carried: parameters,
    username,
    error,
    button,
  });
  return page(error === null ? 200 : 401, html);
}

/** Back to the application, with its own state. */
export function redirectBack(parameters: URLSearchParams, answer: Record<string, string>): IdentityAnswer {
  const url = new URL(parameters.get('redirect_uri') ?? '');
  const state = parameters.get('state');
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return { kind: 'redirect', location: url.href };
}

function page(status: number, html: string): IdentityAnswer {
  return { kind: 'page', status, html };
}
