import { readFileSync } from 'node:fs';
import { configurationPage } from '../../../src/config/configuration-page.js';
import { describeConfig } from '../../../src/config/describe-config.js';
import { parseStoreConfig } from '../../../src/config/parse-config.js';
import { keyId } from '../../../src/kernel/secrets.js';
import { parse, problems, SECRET } from './environment-fixture.js';

/** Two different secrets whose key ids are the same. */
function colliding(): string {
  const seen = new Map<string, string>();
  for (let index = 0; ; index++) {
    const secret = `a secret of thirty-two characters ${index}`;
    const twin = seen.get(keyId(secret));
    if (twin !== undefined) return `${twin},${secret}`;
    seen.set(keyId(secret), secret);
  }
}

test('the least that must be set gives every default of the contract', () => {
  const config = parse({ DATA_DIR: '/srv/ghs' });
  expect(config).toEqual({
    azure: {
      clientId: '12345678-90ab-cdef-1234-567890abcdef',
      credential: { kind: 'secret', secret: 'client~secret' },
      authorityHost: 'https://login.microsoftonline.com',
      secretExpiresAt: null,
    },
    graphBaseUrl: 'https://graph.microsoft.com',
    publicUrl: 'https://entra.gethomesafe.example',
    notificationUrl: 'https://entra.gethomesafe.example',
    richNotifications: null,
    mongo: { kind: 'embedded', dataDir: '/srv/ghs' },
    dataDir: '/srv/ghs',
    port: 8080,
    opsPort: 8081,
    opsHost: '127.0.0.1',
    roles: { intake: true, worker: true, portal: true },
    appSecrets: [SECRET],
    times: {
      lagDirectoryMs: 900_000,
      lagMailboxMs: 120_000,
      looksMs: [10_000, 60_000, 300_000],
      ripeningMs: 60_000,
      goneConfirmMs: 600_000,
      problemDelayMs: 60_000,
    },
    mail: null,
    historyDays: 730,
    trustProxy: false,
    logLevel: 'info',
    proxy: { http: null, https: null, except: null },
  });
});

test('everything that is wrong is said at once, each with its mend', () => {
  const text = problems({
    AZURE_CLIENT_ID: 'contoso.onmicrosoft.com',
    AZURE_CLIENT_SECRET: '',
    PUBLIC_URL: undefined,
    APP_SECRET: 'short',
    PORT: '80a',
    ROLES: 'intake,boss',
    LOOKS_MS: '60000,10000',
    LOG_LEVEL: 'loud',
    GRAPH_BASE_URL: 'https://graph.microsoft.com/v1.0',
    TRUST_PROXY: 'everybody',
    MONGODB_URI: 'mysql://root:hunter2@db',
  });
  for (const start of [
    '11 problems',
    '- AZURE_CLIENT_ID is "contoso.onmicrosoft.com": give a GUID',
    '- Neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set',
    '- PUBLIC_URL is not set: Address at which browsers',
    '- APP_SECRET: entry 1 has 5 characters: each needs at least 32.',
    '- PORT is "80a": give a whole number from 0 to 65535.',
    '- ROLES is "intake,boss": give one or more of intake, worker, portal',
    '- LOOKS_MS is "60000,10000": give ascending',
    '- LOG_LEVEL is "loud": give one of trace,',
    '- GRAPH_BASE_URL is "https://graph.microsoft.com/v1.0": leave out the path: https://graph.microsoft.com',
    '- TRUST_PROXY is "everybody": give false',
    '- MONGODB_URI: give a connection string',
  ]) {
    expect(text).toContain(start);
  }
  expect(text).not.toContain('hunter2');
});

test('a day that its month does not have is refused, not taken for one of the next month', () => {
  const asked = (text: string) => ({ AZURE_CLIENT_SECRET_EXPIRES: text });
  expect(parse(asked('2028-02-29')).azure.secretExpiresAt).toEqual(new Date('2028-02-29T00:00:00Z'));
  for (const text of ['2027-02-29', '2027-02-31', '2027-04-31', '2027-13-01']) {
    expect(problems(asked(text))).toContain(`AZURE_CLIENT_SECRET_EXPIRES is "${text}": give a day`);
  }
});

test('an empty variable counts as not set', () => {
  expect(parse({ PORT: ' ', NOTIFICATION_URL: '' })).toMatchObject({
    port: 8080,
    notificationUrl: 'https://entra.gethomesafe.example',
  });
});

test.each([
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://127.0.0.1:9/', 'http://127.0.0.1:9'],
  ['http://[::1]:9', 'http://[::1]:9'],
  ['HTTPS://Example.COM/', 'https://example.com'],
])('%s is accepted as a public address', (text, url) => {
  expect(parse({ PUBLIC_URL: text }).publicUrl).toBe(url);
});

test.each([
  ['http://example.com', 'begin it with https://'],
  ['http://localhost.example.com', 'begin it with https://'],
  ['http://127.0.0.1.example.com', 'begin it with https://'],
  ['ftp://localhost', 'begin it with https://'],
  ['https://me:hunter2@example.com', 'leave out user, password'],
  ['https://example.com/?a=1', 'leave out user, password'],
  ['example.com', 'give an address such as'],
])('%s is refused as an address', (text, mend) => {
  for (const name of ['PUBLIC_URL', 'NOTIFICATION_URL', 'GRAPH_BASE_URL', 'AZURE_AUTHORITY_HOST']) {
    const message = problems({ [name]: text });
    expect(message).toContain(mend);
    expect(message).not.toContain('hunter2');
  }
});

test('Graph may reach us below a path, and browsers at the root only: the page asks for everything there', () => {
  expect(parse({ NOTIFICATION_URL: 'https://example.com/ghs/' }).notificationUrl).toBe('https://example.com/ghs');
  const message = problems({ PUBLIC_URL: 'https://example.com/ghs' });
  expect(message).toContain('PUBLIC_URL');
  expect(message).toContain('leave out the path: https://example.com');
});

test('a secret is read from the file that its _FILE names, without the line end', () => {
  const files = { '/run/app': `${SECRET}\n`, '/run/azure': 'from a file\n', '/run/mongo': 'mongodb://u:p@db/ghs\n' };
  const config = parse(
    {
      APP_SECRET: undefined,
      APP_SECRET_FILE: '/run/app',
      AZURE_CLIENT_SECRET: undefined,
      AZURE_CLIENT_SECRET_FILE: '/run/azure',
      MONGODB_URI_FILE: '/run/mongo',
    },
    files,
  );
  expect(config.appSecrets).toEqual([SECRET]);
  expect(config.azure.credential).toEqual({ kind: 'secret', secret: 'from a file' });
  expect(config.mongo).toEqual({ kind: 'uri', uri: 'mongodb://u:p@db/ghs' });
});

test('a secret file that is missing, empty or given beside the secret itself is one problem each', () => {
  expect(problems({ APP_SECRET: undefined, APP_SECRET_FILE: '/gone' })).toBe(
    'The configuration has one problem:\n- APP_SECRET_FILE: the file cannot be read (ENOENT: /gone).',
  );
  expect(problems({ AZURE_CLIENT_SECRET: undefined, AZURE_CLIENT_SECRET_FILE: '/empty' }, { '/empty': '\n' })).toBe(
    'The configuration has one problem:\n- AZURE_CLIENT_SECRET_FILE: the file /empty is empty.',
  );
  expect(problems({ APP_SECRET_FILE: '/run/app' }, { '/run/app': SECRET })).toBe(
    'The configuration has one problem:\n- APP_SECRET and APP_SECRET_FILE are both set: keep one of them.',
  );
});

test('several application secrets keep their order, and two with one key id are refused', () => {
  const second = 'the secret that was the first one before';
  expect(parse({ APP_SECRET: `${SECRET}, ${second}` }).appSecrets).toEqual([SECRET, second]);
  expect(problems({ APP_SECRET: colliding() })).toContain('entries 1 and 2 have the same key id');
  expect(problems({ APP_SECRET: `${SECRET},` })).toContain('entry 2 has 0 characters');
});

test.each([
  ['true', true],
  ['2', 2],
  ['loopback, 10.0.0.0/8, ::1/128, 192.168.1.1', 'loopback,10.0.0.0/8,::1/128,192.168.1.1'],
])('TRUST_PROXY %s is taken as Express takes it', (text, value) => {
  expect(parse({ TRUST_PROXY: text }).trustProxy).toEqual(value);
});

test.each(['10.0.0.0/33', '10.0.0.0/', 'host.example', '-1'])('TRUST_PROXY %s is refused', (text) => {
  expect(problems({ TRUST_PROXY: text })).toContain('TRUST_PROXY');
});

test('proxies are known in lower case too, and the same port twice is refused', () => {
  expect(parse({ http_proxy: 'http://proxy:3128', no_proxy: 'localhost' }).proxy).toEqual({
    http: 'http://proxy:3128',
    https: null,
    except: 'localhost',
  });
  expect(problems({ PORT: '9000', OPS_PORT: '9000' })).toContain('both 9000');
  expect(parse({ PORT: '0', OPS_PORT: '0' })).toMatchObject({ port: 0, opsPort: 0 });
});

test('history is kept for a whole number of days, 30 at least: the guard and undo look back', () => {
  for (const days of ['29', '0', '-1', '30.5', 'a year'])
    expect(problems({ HISTORY_DAYS: days })).toContain('give a whole number from 30');
  expect(parse({ HISTORY_DAYS: '30' })).toMatchObject({ historyDays: 30 });
});

test('a command that only needs the database looks at nothing else', () => {
  expect(parseStoreConfig({ DATA_DIR: '/data', MONGOD_BINARY: '/opt/mongod', PORT: 'none' })).toEqual({
    mongo: { kind: 'embedded', dataDir: '/data', mongodBinary: '/opt/mongod' },
    dataDir: '/data',
    logLevel: 'info',
  });
  expect(() => parseStoreConfig({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL is "loud"');
});

test('the description of a configuration holds no secret', () => {
  const config = parse({
    MONGODB_URI: 'mongodb+srv://user:p%40ss@cluster.example/ghs?tlsCertificateKeyFilePassword=hunter2',
    HTTPS_PROXY: 'http://proxyuser:hunter3@proxy.example:3128',
  });
  const text = JSON.stringify(describeConfig(config));
  expect(text).toContain('mongodb+srv://cluster.example/ghs');
  expect(text).toContain('http://proxy.example:3128');
  expect(text).toContain(`${keyId(SECRET)}: set`);
  for (const secret of [SECRET, 'client~secret', 'p%40ss', 'hunter2', 'hunter3', 'proxyuser']) {
    expect(text).not.toContain(secret);
  }
});

test('docs/configuration.md is what the schema generates', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage());
});
