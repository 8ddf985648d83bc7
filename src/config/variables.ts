import { type ZodType, z } from 'zod';
import * as values from './value-schemas.js';

/** What people are told about a variable. */
export interface VariableDescription {
  readonly meaning: string;
  /** The text that stands where nothing is set; null where there is none. */
  readonly ifUnset: string | null;
  readonly required: boolean;
  /** Never shown, and may come from the file that `NAME_FILE` names. */
  readonly secret: boolean;
}

const descriptions = z.registry<VariableDescription>();

interface About {
  readonly meaning: string;
  readonly secret?: boolean;
}

/** A variable that must be set. */
function required<T>(about: About, schema: ZodType<T, string>) {
  return described(z.string({ error: 'is not set' }).pipe(schema), about, { ifUnset: null, required: true });
}

/** A variable whose unset value is read by the same rules as a set one. */
function defaulted<T>(ifUnset: string, about: About, schema: ZodType<T, string>) {
  return described(z.string().default(ifUnset).pipe(schema), about, { ifUnset, required: false });
}

function optional<T>(about: About, schema: ZodType<T, string>) {
  return described(z.string().pipe(schema).optional(), about, { ifUnset: null, required: false });
}

function described<S extends ZodType>(
  schema: S,
  about: About,
  rest: Pick<VariableDescription, 'ifUnset' | 'required'>,
): S {
  descriptions.add(schema, { meaning: about.meaning, secret: about.secret ?? false, ...rest });
  return schema;
}

const text = z.string();

const storeShape = {
  MONGODB_URI: optional(
    { meaning: 'MongoDB 5.0 or later as a replica set. Unset: an embedded MongoDB in `DATA_DIR`.', secret: true },
    values.mongodbUri,
  ),
  DATA_DIR: defaulted('./.data', { meaning: 'Folder of the embedded MongoDB and of what is kept beside it.' }, text),
  MONGOD_BINARY: optional({ meaning: 'The `mongod` program for the embedded MongoDB.' }, text),
  LOG_LEVEL: defaulted(
    'info',
    { meaning: 'Least level that is logged.' },
    values.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  ),
};

const azureShape = {
  AZURE_CLIENT_ID: required(
    { meaning: "Application (client) id of GetHomeSafe's multi-tenant app registration." },
    values.guidText,
  ),
  AZURE_CLIENT_SECRET: optional(
    { meaning: 'Client secret value of the app registration; this or the certificate.', secret: true },
    text,
  ),
  AZURE_CLIENT_SECRET_EXPIRES: optional(
    { meaning: 'Day on which the client secret ends, as the app registration shows it, for the connection doctor.' },
    values.day,
  ),
  AZURE_CLIENT_CERTIFICATE_PATH: optional(
    { meaning: 'PEM file with the private key and the certificate of the app registration; instead of the secret.' },
    text,
  ),
  AZURE_AUTHORITY_HOST: defaulted(
    'https://login.microsoftonline.com',
    { meaning: 'Where Microsoft signs people and apps in; another host for a national cloud.' },
    values.address({ path: 'refused' }),
  ),
  GRAPH_BASE_URL: defaulted(
    'https://graph.microsoft.com',
    { meaning: 'Microsoft Graph, without `/v1.0`; another host for a national cloud.' },
    values.address({ path: 'refused' }),
  ),
};

const serviceShape = {
  PUBLIC_URL: required(
    { meaning: 'Address at which browsers reach the service, without a path: https, http for loopback only.' },
    values.address({ path: 'refused' }),
  ),
  NOTIFICATION_URL: optional(
    { meaning: 'Base address at which Microsoft Graph reaches the service. Unset: `PUBLIC_URL`.' },
    values.address({ path: 'allowed' }),
  ),
  RICH_NOTIFICATIONS: defaulted(
    'off',
    { meaning: 'Whether notifications of calendars carry the event, encrypted for us: `on` or `off`.' },
    values.oneOf(['off', 'on']),
  ),
  NOTIFICATION_CERTIFICATE_PATH: optional(
    {
      meaning:
        'Comma list of PEM files, each a certificate with its private key: new subscriptions are for the first, all open.',
    },
    values.pathList,
  ),
  PORT: defaulted('8080', { meaning: 'Port of the service; 0 takes a free one.' }, values.wholeNumber(0, 65_535)),
  OPS_PORT: defaulted(
    '8081',
    { meaning: 'Port of `/metrics` and `/readyz`; 0 takes a free one.' },
    values.wholeNumber(0, 65_535),
  ),
  OPS_HOST: defaulted(
    '127.0.0.1',
    { meaning: 'Address on which `OPS_PORT` listens; another than loopback only in a network that is not public.' },
    values.ownAddress,
  ),
  ROLES: defaulted(
    'intake,worker,portal',
    { meaning: 'What this process does; a comma list.' },
    values.someOf(['intake', 'worker', 'portal']),
  ),
  APP_SECRET: required(
    {
      meaning: 'Comma list of secrets of at least 32 characters each: the first signs, all verify.',
      secret: true,
    },
    values.secretList,
  ),
  TRUST_PROXY: defaulted(
    'false',
    { meaning: 'Proxies whose `X-Forwarded-*` headers are believed: how many, or their addresses.' },
    values.trustedProxies,
  ),
  HISTORY_DAYS: defaulted(
    '730',
    { meaning: 'How many days runs, their items, the ledger and the changes of settings are kept; at least 30.' },
    values.wholeNumber(30, 36_500),
  ),
  HTTP_PROXY: optional(
    { meaning: 'Proxy for outgoing requests, of https only where `HTTPS_PROXY` is not set; lower case works too.' },
    values.proxyAddress,
  ),
  HTTPS_PROXY: optional({ meaning: 'Proxy for outgoing https requests; lower case works too.' }, values.proxyAddress),
  NO_PROXY: optional({ meaning: 'Hosts that are reached without a proxy; a comma list. `*` is all.' }, text),
};

const mailShape = {
  SMTP_URL: optional(
    {
      meaning:
        'Mail server for messages: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. Unset: no e-mail is sent.',
      secret: true,
    },
    values.mailServer,
  ),
  MAIL_FROM: optional(
    { meaning: 'Sender of messages: an address, or `Name <address>`. Needed with `SMTP_URL`.' },
    values.mailbox,
  ),
};

const timesShape = {
  LAG_DIRECTORY_MS: defaulted(
    '900000',
    { meaning: "How far a replica of Entra's directory may be behind, in milliseconds." },
    values.durationMs,
  ),
  LAG_MAILBOX_MS: defaulted(
    '120000',
    { meaning: 'How far a replica of a mailbox may be behind, in milliseconds.' },
    values.durationMs,
  ),
  LOOKS_MS: defaulted(
    '10000,60000,300000',
    { meaning: 'When somebody is looked at again after a notified read that showed nothing new, in milliseconds.' },
    values.ascendingDurationsMs,
  ),
  RIPENING_MS: defaulted(
    '60000',
    { meaning: 'How long a removal waits before it is read again and decided, in milliseconds.' },
    values.durationMs,
  ),
  GONE_CONFIRM_MS: defaulted(
    '600000',
    { meaning: 'Least time between the two absences that confirm a deletion, in milliseconds.' },
    values.durationMs,
  ),
  PROBLEM_DELAY_MS: defaulted(
    '60000',
    { meaning: 'How long a problem stays unshown in case it goes by itself, in milliseconds.' },
    values.durationMs,
  ),
};

/** What a command needs that only works on the database. */
export const storeVariables = z.object(storeShape);

/** Everything of CONTRACT section 2. */
export const serviceVariables = z.object({
  ...azureShape,
  ...serviceShape,
  ...mailShape,
  ...storeShape,
  ...timesShape,
});

/** Every variable with its description, in the order of the documentation. */
export function variableDescriptions(): ReadonlyMap<string, VariableDescription> {
  const found = new Map<string, VariableDescription>();
  for (const [name, schema] of Object.entries(serviceVariables.shape)) {
    const description = descriptions.get(schema);
    if (description) found.set(name, description);
  }
  return found;
}
