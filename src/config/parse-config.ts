import { resolve } from 'node:path';
import type { ZodError, z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import { readClientCertificate } from './client-certificate.js';
import type { AzureCredential, Config, MailConfig, MongoConfig, StoreConfig, Times } from './config.js';
import { type Environment, environmentTexts, type ReadText, readTextFile } from './environment-texts.js';
import { readNotificationCertificates } from './notification-certificates.js';
import { serviceVariables, storeVariables, variableDescriptions } from './variables.js';

export interface ParseDeps {
  readonly readText: ReadText;
  readonly clock: Clock;
}

const FROM_SYSTEM: ParseDeps = { readText: readTextFile, clock: systemClock };

type ServiceValues = z.output<typeof serviceVariables>;
type StoreValues = z.output<typeof storeVariables>;

/**
 * The environment as one checked value. Everything that is wrong is said at once, each with its mend, in one
 * `AppError` of code `configuration`; secrets are never part of it.
 */
export function parseConfig(env: Environment, deps: ParseDeps = FROM_SYSTEM): Config {
  const { texts, problems: unread } = readTexts(env, Object.keys(serviceVariables.shape), deps.readText);
  const parsed = serviceVariables.safeParse(texts);
  const credential = credentialOf(texts, deps);
  const rich = readNotificationCertificates(parsed.data, deps.readText);
  const problems = [
    ...unread.values(),
    ...(parsed.success
      ? [...portProblems(parsed.data), ...mailProblems(parsed.data)]
      : problemsOf(parsed.error, texts, unread)),
    ...(credential.ok || unread.has('AZURE_CLIENT_SECRET') ? [] : [credential.problem]),
    ...rich.problems,
  ];
  if (problems.length > 0 || !parsed.success || !credential.ok) throw refusal(problems);
  return { ...configOf(parsed.data, credential.credential), richNotifications: rich.pems };
}

/** The part that a command needs which only works on the database; the rest of the environment is not looked at. */
export function parseStoreConfig(env: Environment, deps: ParseDeps = FROM_SYSTEM): StoreConfig {
  const { texts, problems: unread } = readTexts(env, Object.keys(storeVariables.shape), deps.readText);
  const parsed = storeVariables.safeParse(texts);
  if (unread.size > 0 || !parsed.success) {
    throw refusal([...unread.values(), ...(parsed.success ? [] : problemsOf(parsed.error, texts, unread))]);
  }
  return storeConfigOf(parsed.data);
}

function readTexts(env: Environment, names: readonly string[], readText: ReadText) {
  const secrets = [...variableDescriptions()].filter(([, about]) => about.secret).map(([name]) => name);
  return environmentTexts(env, { names, secrets: new Set(secrets) }, readText);
}

function problemsOf(
  error: ZodError,
  texts: Readonly<Record<string, string>>,
  unread: ReadonlyMap<string, string>,
): string[] {
  const about = variableDescriptions();
  return error.issues.flatMap((issue) => {
    const name = String(issue.path[0]);
    const description = about.get(name);
    const text = texts[name];
    if (unread.has(name)) return [];
    if (text === undefined) return [`${name} is not set: ${description?.meaning ?? ''}`];
    // Whatever stands before an @ may be somebody's password.
    const shown = description?.secret ? '' : ` is "${text.replace(/[^/\s]*@/, '***@')}"`;
    return [`${name}${shown}: ${issue.message}`];
  });
}

type ReadCredential = { readonly ok: true; readonly credential: AzureCredential } | { ok: false; problem: string };

function credentialOf(texts: Readonly<Record<string, string>>, deps: ParseDeps): ReadCredential {
  const secret = texts['AZURE_CLIENT_SECRET'];
  const path = texts['AZURE_CLIENT_CERTIFICATE_PATH'];
  if (secret !== undefined && path !== undefined) {
    const problem = 'AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH are both set: keep one of them.';
    return { ok: false, problem };
  }
  if (secret !== undefined) return { ok: true, credential: { kind: 'secret', secret } };
  if (path === undefined) {
    const problem = 'Neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set: give one of them.';
    return { ok: false, problem };
  }
  const read = readClientCertificate(path, deps.clock.now(), deps.readText);
  return read.ok ? read : { ok: false, problem: `AZURE_CLIENT_CERTIFICATE_PATH: ${read.problem}` };
}

function portProblems(values: ServiceValues): string[] {
  if (values.PORT === 0 || values.PORT !== values.OPS_PORT) return [];
  return [`PORT and OPS_PORT are both ${values.PORT}: give two different ports.`];
}

function mailProblems({ SMTP_URL, MAIL_FROM }: ServiceValues): string[] {
  if (SMTP_URL === undefined || MAIL_FROM !== undefined) return [];
  return ['SMTP_URL is set and MAIL_FROM is not: give the address that messages come from.'];
}

function refusal(problems: readonly string[]): AppError {
  const lines = problems.map((problem) => `- ${problem}`).join('\n');
  return new AppError('configuration', `The configuration has ${count(problems.length)}:\n${lines}`, { status: 500 });
}

function count(problems: number): string {
  return problems === 1 ? 'one problem' : `${problems} problems`;
}

function configOf(values: ServiceValues, credential: AzureCredential): Omit<Config, 'richNotifications'> {
  return {
    ...storeConfigOf(values),
    azure: {
      clientId: values.AZURE_CLIENT_ID,
      credential,
      authorityHost: values.AZURE_AUTHORITY_HOST,
      secretExpiresAt: values.AZURE_CLIENT_SECRET_EXPIRES ?? null,
    },
    graphBaseUrl: values.GRAPH_BASE_URL,
    publicUrl: values.PUBLIC_URL,
    notificationUrl: values.NOTIFICATION_URL ?? values.PUBLIC_URL,
    port: values.PORT,
    opsPort: values.OPS_PORT,
    opsHost: values.OPS_HOST,
    roles: {
      intake: values.ROLES.includes('intake'),
      worker: values.ROLES.includes('worker'),
      portal: values.ROLES.includes('portal'),
    },
    appSecrets: values.APP_SECRET,
    times: timesOf(values),
    mail: mailOf(values),
    historyDays: values.HISTORY_DAYS,
    trustProxy: values.TRUST_PROXY,
    proxy: {
      http: values.HTTP_PROXY ?? null,
      https: values.HTTPS_PROXY ?? null,
      except: values.NO_PROXY ?? null,
    },
  };
}

function mailOf({ SMTP_URL: server, MAIL_FROM: from }: ServiceValues): MailConfig | null {
  return server === undefined || from === undefined ? null : { ...server, from };
}

function timesOf(values: ServiceValues): Times {
  return {
    lagDirectoryMs: values.LAG_DIRECTORY_MS,
    lagMailboxMs: values.LAG_MAILBOX_MS,
    looksMs: values.LOOKS_MS,
    ripeningMs: values.RIPENING_MS,
    goneConfirmMs: values.GONE_CONFIRM_MS,
    problemDelayMs: values.PROBLEM_DELAY_MS,
  };
}

function storeConfigOf(values: StoreValues): StoreConfig {
  const dataDir = resolve(values.DATA_DIR);
  return { mongo: mongoOf(values, dataDir), dataDir, logLevel: values.LOG_LEVEL };
}

function mongoOf(values: StoreValues, dataDir: string): MongoConfig {
  if (values.MONGODB_URI !== undefined) return { kind: 'uri', uri: values.MONGODB_URI };
  const binary = values.MONGOD_BINARY;
  return { kind: 'embedded', dataDir, ...(binary === undefined ? {} : { mongodBinary: binary }) };
}
