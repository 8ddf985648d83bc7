import { escapeHtml } from '../pretend/markup.js';

/** A form of the simulated Entra: what it asks, what it carries along, and what went wrong the time before. */
export interface SignInForm {
  readonly title: string;
  readonly lines: readonly string[];
  readonly action: string;
  readonly carried: URLSearchParams;
  readonly username: string;
  readonly error: string | null;
  readonly button: string;
}

/** A page with a user name, a password, and the two ways to answer. Everything shown is escaped. */
export function signInPage(form: SignInForm): string {
  const hidden = [...form.carried].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return documentOf(form.title, [
    ...form.lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    form.error === null ? '' : `<p role="alert">${escapeHtml(form.error)}</p>`,
    `<form method="post" action="${escapeHtml(form.action)}">${hidden.join('')}`,
    `<p><label>User name <input name="username" autocomplete="username" value="${escapeHtml(form.username)}"></label></p>`,
    '<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>',
    `<p><button name="decision" value="accept">${escapeHtml(form.button)}</button>`,
    '<button name="decision" value="cancel">Cancel</button></p></form>',
  ]);
}

/** A page that says why nothing can be done here; there is no trusted address to go back to. */
export function refusalPage(text: string): string {
  return documentOf('Sorry, but we are having trouble signing you in', [`<p role="alert">${escapeHtml(text)}</p>`]);
}

function documentOf(title: string, parts: readonly string[]): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><main><h1>${escapeHtml(title)}</h1>${parts.join('\n')}</main></body></html>`;
}
