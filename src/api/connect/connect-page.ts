import type { ConnectRefusal } from '../../tenancy/connect/connect.js';

export interface ConnectPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

/** What the browser shows when a step did not go on. Nothing was connected by it. */
export const REFUSAL_PAGES: Readonly<Record<ConnectRefusal, ConnectPage>> = {
  ticket: {
    status: 410,
    title: 'This link has been used or is too old',
    text: 'A link to connect works once and for 15 minutes. Make a new one on the Integrations page.',
  },
  not_expected: {
    status: 400,
    title: 'This page was opened out of order',
    text:
      'Nothing was changed by it. If you have just approved GetHomeSafe at Microsoft, choose Check again on the ' +
      'Integrations page; otherwise begin there, and go on in the same browser.',
  },
  cancelled: {
    status: 400,
    title: 'The sign-in was not completed',
    text: 'Nothing was connected. Begin again on the Integrations page when you are ready.',
  },
  sign_in: {
    status: 403,
    title: 'The sign-in could not be confirmed',
    text: 'Microsoft did not confirm that you signed in to the tenant with this Tenant GUID. Nothing was connected.',
  },
  may_not_consent: {
    status: 403,
    title: 'This account may not consent',
    text:
      'Nothing was connected. Sign in with an account that is Global Administrator, Privileged Role Administrator, ' +
      'Application Administrator or Cloud Application Administrator: begin again on the Integrations page.',
  },
  tenant_changed: {
    status: 409,
    title: 'The Tenant GUID was changed meanwhile',
    text: 'Nothing was connected by this link. Begin again on the Integrations page.',
  },
  tenant_taken: {
    status: 409,
    title: 'This Entra tenant belongs to another enterprise',
    text: 'The tenant, or people who came from it, belong to another enterprise. Contact GetHomeSafe support.',
  },
  microsoft_unavailable: {
    status: 503,
    title: 'Microsoft could not be reached',
    text: 'Nothing was connected. Wait a minute, then begin again on the Integrations page.',
  },
};

export const CONNECTED_PAGE: ConnectPage = {
  status: 200,
  title: 'Microsoft Entra ID is connected',
  text: 'You can close this page and go on with Team Sync Settings on the Integrations page.',
};

/** After the consent page, while Graph does not let us read yet. */
export function waitingPage(reason: string): ConnectPage {
  const text = `You signed in, but GetHomeSafe cannot read the tenant yet. ${reason}`;
  return {
    status: 200,
    title: 'Waiting for approval',
    text: `${text} An approval can take some minutes to show: load this page again then, or choose Check again.`,
  };
}

/** The page as HTML without scripts, styles or anything from elsewhere. */
export function connectPageHtml(page: ConnectPage): string {
  const title = escaped(page.title);
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${title}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>',
    `<body><main><h1>${title}</h1><p>${escaped(page.text)}</p></main></body></html>`,
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
