import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS } from '../../../src/kernel/clock.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface LastPage {
  readonly url: string;
  readonly status: number;
  readonly title: string;
  /** How many forms were filled in on the way. */
  readonly forms: number;
}

/** More than a sign-in and a consent take. */
const MOST_HOPS = 20;

/**
 * Goes where a browser would go from an address: follows redirects, keeps cookies of each host, signs in wherever a
 * form asks for it, and stops at the first page without one.
 */
export async function browse(start: string, credentials: Credentials, signal: AbortSignal): Promise<LastPage> {
  const jar = new Map<string, Map<string, string>>();
  let next: { url: URL; form: URLSearchParams | null } = { url: new URL(start), form: null };
  let forms = 0;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const { url, form } = next;
    const response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(20 * SECOND_MS)]),
      headers: { cookie: cookiesFor(jar, url), accept: 'text/html' },
      ...(form && { body: form }),
    });
    keepCookies(jar, url, response);
    const location = response.headers.get('location');
    const html = await response.text();
    if (location !== null && response.status >= 300 && response.status < 400) {
      next = { url: new URL(location, url), form: null };
      continue;
    }
    const asked = response.status === 200 ? formIn(html) : null;
    const title = decoded(/<title>([^<]*)/.exec(html)?.[1] ?? '');
    if (asked === null) return { url: url.href, status: response.status, title, forms };
    forms += 1;
    next = { url: new URL(asked.action, url), form: filledIn(asked, credentials) };
  }
  throw new AppError('sign_in_endless', `The sign-in did not end after ${MOST_HOPS} pages.`);
}

interface Form {
  readonly action: string;
  readonly hidden: readonly (readonly [name: string, value: string])[];
}

function formIn(html: string): Form | null {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) return null;
  const fields = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return {
    action: decoded(action),
    hidden: [...fields].map(([, name = '', value = '']) => [decoded(name), decoded(value)] as const),
  };
}

function filledIn({ hidden }: Form, { username, password }: Credentials): URLSearchParams {
  const form = new URLSearchParams(Object.fromEntries(hidden));
  for (const [name, value] of Object.entries({ username, password, decision: 'accept' })) form.set(name, value);
  return form;
}

/** Hosts with another port are another site here, stricter than browsers are. */
function cookiesFor(jar: ReadonlyMap<string, ReadonlyMap<string, string>>, { host }: URL): string {
  return [...(jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
}

function keepCookies(jar: Map<string, Map<string, string>>, { host }: URL, response: Response): void {
  const kept = jar.get(host) ?? new Map<string, string>();
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = ''] = cookie.split(';');
    const cut = pair.indexOf('=');
    kept.set(pair.slice(0, cut).trim(), pair.slice(cut + 1).trim());
  }
  jar.set(host, kept);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function decoded(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
