import { keyId } from '../kernel/secrets.js';
import type { Config, MongoConfig } from './config.js';

/** What the service runs with, for its first log line and for `doctor`; secrets show only as "set". */
export function describeConfig(config: Config): Readonly<Record<string, unknown>> {
  return {
    azureClientId: config.azure.clientId,
    azureCredential: `${config.azure.credential.kind}: set`,
    azureAuthorityHost: config.azure.authorityHost,
    graphBaseUrl: config.graphBaseUrl,
    publicUrl: config.publicUrl,
    notificationUrl: config.notificationUrl,
    richNotifications:
      config.richNotifications === null ? 'off' : `${config.richNotifications.length} certificates: set`,
    mongo: describeMongo(config.mongo),
    dataDir: config.dataDir,
    port: config.port,
    opsPort: config.opsPort,
    opsHost: config.opsHost,
    roles: Object.entries(config.roles)
      .filter(([, on]) => on)
      .map(([role]) => role),
    // Key ids name secrets without telling them; stored subscriptions carry the same ids.
    appSecrets: config.appSecrets.map((secret) => `${keyId(secret)}: set`),
    mail: config.mail === null ? 'off' : `${config.mail.host}:${config.mail.port}`,
    times: config.times,
    trustProxy: config.trustProxy,
    logLevel: config.logLevel,
    httpProxy: hostOf(config.proxy.http),
    httpsProxy: hostOf(config.proxy.https),
    noProxy: config.proxy.except,
  };
}

/** Hosts and database only: user, password and options of a connection string may be secret. */
function describeMongo(mongo: MongoConfig): string {
  if (mongo.kind === 'embedded') return `embedded in ${mongo.dataDir}`;
  const [, scheme = '', hosts = '', database = ''] =
    /^(mongodb(?:\+srv)?:\/\/)(?:.*@)?([^/?@]+)(\/[^?]*)?/.exec(mongo.uri) ?? [];
  return `${scheme}${hosts}${database}`;
}

function hostOf(address: string | null): string | null {
  return address === null ? null : new URL(address).origin;
}
