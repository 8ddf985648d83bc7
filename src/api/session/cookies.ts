import type { CookieOptions, Request } from 'express';

/** Where the service is for browsers decides how its cookies look. */
export interface CookieRules {
  /** The cookie's name; `__Host-` makes browsers refuse it from anywhere but this very host, and needs https. */
  name(of: 'connect' | 'session' | 'sign-in'): string;
  /** Lax: Microsoft sends the browser back by a navigation from another site. */
  readonly options: CookieOptions;
}

/** Cookies that no script reads and no other site's request but a navigation carries. */
export function cookieRules(publicUrl: string): CookieRules {
  const isSecure = publicUrl.startsWith('https:');
  return {
    name: (of) => `${isSecure ? '__Host-' : ''}ghs-${of}`,
    options: { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' },
  };
}

/** The value of a request's cookie. */
export function cookieOf(request: Pick<Request, 'get'>, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
