import type { DirectoryUser, GraphRequest, GraphResponse, GraphRoute } from '../world/types.js';
import { findUser } from './find-object.js';
import { graphError } from './graph-error.js';
import { refuseOptions } from './odata/list-options.js';

const MAILBOX_ROLES = ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'];

/** Texts of the service's answers, as quoted in public issues. */
const NO_MAILBOX = 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.';
const BLOCKED = 'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.';

/** Mailbox settings, which are Exchange's and asked for mailbox by mailbox. */
export function mailboxRoutes(): readonly GraphRoute[] {
  const read = { method: 'GET', resourceUnits: 1, anyRoleOf: MAILBOX_ROLES } as const;
  return [
    {
      ...read,
      pattern: /^\/users\/([^/]+)\/mailboxSettings$/i,
      handle: (request, match) => settings(request, match[1]),
    },
    {
      ...read,
      pattern: /^\/users\/([^/]+)\/mailboxSettings\/timeZone$/i,
      handle: (request, match) => settings(request, match[1], 'timeZone'),
    },
  ];
}

function settings(request: GraphRequest, key = '', part?: 'timeZone'): GraphResponse {
  const refused = refuseOptions(request, new Set(['$select']));
  if (refused !== null) return refused;
  const user = findMailboxUser(request, key);
  if ('status' in user) return user;
  const mailbox = readMailboxSettings(request, user);
  if ('status' in mailbox) return mailbox;
  const context = `${request.root}/$metadata#users('${encodeURIComponent(key)}')/mailboxSettings`;
  if (part === undefined) return { status: 200, body: { '@odata.context': context, ...mailbox } };
  return { status: 200, body: { '@odata.context': `${context}/${part}`, value: mailbox[part] } };
}

/** The user whose mailbox is asked for, as Exchange finds people. */
export function findMailboxUser(request: GraphRequest, key: string): DirectoryUser | GraphResponse {
  const user = findUser(request.caller.tenant.view(request.lagMs), key);
  return (
    user ?? graphError({ status: 404, code: 'ErrorInvalidUser' }, `The requested user '${key}' is invalid.`, request)
  );
}

/** The settings of a user's mailbox, or the answer where there is none or it is closed to applications. */
export function readMailboxSettings(request: GraphRequest, user: DirectoryUser) {
  const { mailbox } = user;
  if (mailbox === 'none') return graphError({ status: 404, code: 'MailboxNotEnabledForRESTAPI' }, NO_MAILBOX, request);
  if (mailbox === 'blocked') return graphError({ status: 403, code: 'ErrorAccessDenied' }, BLOCKED, request);
  return {
    archiveFolder: null,
    timeZone: mailbox.timeZone,
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    ...{ dateFormat: 'd/MM/yyyy', timeFormat: 'h:mm tt', userPurpose: mailbox.userPurpose },
    language: { locale: 'en-NZ', displayName: 'English (New Zealand)' },
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      ...{ startTime: '08:00:00.0000000', endTime: '17:00:00.0000000', timeZone: { name: mailbox.timeZone } },
    },
  };
}
