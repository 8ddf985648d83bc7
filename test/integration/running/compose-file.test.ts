import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../../../src/config/parse-config.js';
import { variableDescriptions } from '../../../src/config/variables.js';
import { PROJECT, textOf, yamlOf } from './deploy-files.js';

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z.unknown().optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  healthcheck: z.unknown().optional(),
  ports: z.array(z.string()).default([]),
  // null: as it is in `.env`, or not at all.
  environment: z.record(z.string(), z.string().nullable()).default({}),
  secrets: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const fileSchema = z.object({ file: z.string() });
const composed = z
  .object({
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.unknown()),
    configs: z.record(z.string(), fileSchema),
    secrets: z.record(z.string(), fileSchema),
  })
  .parse(yamlOf('compose.yaml'));
const services = Object.entries(composed.services);
const dockerfile = textOf('Dockerfile');
const ours = services.filter(([, { environment }]) => environment['ROLES'] !== undefined);

function withoutWhat(wrong: (name: string, service: z.infer<typeof serviceSchema>) => boolean): string[] {
  return services.filter(([name, service]) => wrong(name, service)).map(([name]) => name);
}

test('there are three members, two intakes, two workers and a portal', () => {
  expect(ours.map(([, { environment }]) => environment['ROLES'])).toEqual([
    ...['intake', 'intake', 'worker', 'worker', 'portal'],
  ]);
  expect(services.filter(([, { image }]) => image.startsWith('mongo:'))).toHaveLength(3);
});

test('every image is pinned by a version', () => {
  expect(withoutWhat((_name, { image }) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
  expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].filter(([, image]) => !/:\d+\.\d+\.\d+-/.test(image ?? ''))).toEqual(
    [],
  );
  expect(JSON.parse(textOf('package.json')).version).toBe(
    composed.services['portal']?.image.replace('gethomesafe-entra:', ''),
  );
});

test('nothing runs as root, writes to its image, or may get more rights', () => {
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(withoutWhat((_name, { user, build }) => build === undefined && !/^[1-9]\d*:\d+$/.test(user ?? ''))).toEqual(
    [],
  );
  expect(withoutWhat((_name, { read_only }) => read_only !== true)).toEqual([]);
  expect(withoutWhat((_name, { cap_drop }) => cap_drop?.join() !== 'ALL')).toEqual([]);
  expect(withoutWhat((_name, { security_opt }) => !security_opt?.includes('no-new-privileges:true'))).toEqual([]);
});

test('everything that goes on says whether it is well, and others wait for that', () => {
  expect(dockerfile).toMatch(/^HEALTHCHECK/m);
  expect(withoutWhat((_name, { healthcheck, build }) => healthcheck === undefined && build === undefined)).toEqual([]);
  const waits = services.flatMap(([, { depends_on }]) => Object.entries(depends_on));
  expect(waits.filter(([name]) => composed.services[name] === undefined)).toEqual([]);
  expect(new Set(waits.map(([, { condition }]) => condition))).toEqual(
    new Set(['service_healthy', 'service_completed_successfully']),
  );
});

test('only the proxy is reached from elsewhere', () => {
  const open = services.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
  expect(open.filter((port) => !port.includes(' 127.0.0.1:'))).toEqual(['proxy 443:8443']);
});

test('secrets come as files, and what is mounted exists or is made', () => {
  const secret = [...variableDescriptions()].filter(([, about]) => about.secret).map(([name]) => name);
  expect(ours.filter(([, { environment }]) => secret.some((name) => name in environment))).toEqual([]);
  const names = services.flatMap(([, each]) => [...each.secrets, ...each.configs.map(({ source }) => source)]);
  expect(names.filter((name) => !composed.secrets[name] && !composed.configs[name])).toEqual([]);
  const files = Object.values(composed.configs).map(({ file }) => file);
  const mounted = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const folders = mounted.filter((source) => source.startsWith('./'));
  expect([...files, ...folders].filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  expect(mounted.filter((source) => !source.startsWith('./') && !(source in composed.volumes))).toEqual([]);
});

test('with the secrets that the script makes, the service takes the environment that each process gets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghs-secrets-'));
  try {
    for (const name of ['azure_client_secret', 'tls_certificate', 'tls_key'])
      writeFileSync(join(folder, name), 'client~secret');
    const run = () => execFileSync(join(PROJECT, 'deploy', 'make-secrets'), [folder], { encoding: 'utf8' });
    expect(run()).toContain('app_secret made');
    const made = readFileSync(join(folder, 'app_secret'), 'utf8');
    expect(run()).toContain('app_secret stays');
    expect(readFileSync(join(folder, 'app_secret'), 'utf8')).toBe(made);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(
      Object.values(composed.secrets).filter(({ file }) => !existsSync(join(folder, file.split('/').at(-1) ?? ''))),
    ).toEqual([]);
    for (const [, { environment }] of ours) {
      const config = parseConfig(asComposed(environment, folder));
      expect(config).toMatchObject({ opsHost: '0.0.0.0', trustProxy: 1, publicUrl: 'https://portal.example' });
      expect(config.mongo).toMatchObject({
        kind: 'uri',
        uri: expect.stringMatching(/^mongodb:\/\/gethomesafe:\w{64}@mongo-1/),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a secret that could not be made whole is not there, and the next run makes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghs-secrets-'));
  try {
    const secrets = join(folder, 'secrets');
    const openssl = join(folder, 'openssl');
    const make = () => {
      const env = { PATH: `${folder}:${process.env['PATH']}` };
      return spawnSync(join(PROJECT, 'deploy', 'make-secrets'), [secrets], { encoding: 'utf8', env });
    };
    // As with a disk that is full: the first words are out, and it fails.
    writeFileSync(openssl, '#!/bin/sh\necho half\nexit 1\n', { mode: 0o755 });
    expect(make()).toMatchObject({ stdout: '', status: 1 });
    expect(existsSync(join(secrets, 'mongo_keyfile'))).toBe(false);
    rmSync(openssl);
    // What an older version of the script left.
    writeFileSync(join(secrets, 'mongo_password'), '', { mode: 0o444 });
    expect(make().stdout).toContain('mongo_keyfile made\nmongo_root_password made\nmongo_password made\n');
    expect(readFileSync(join(secrets, 'mongodb_uri'), 'utf8')).toMatch(/^mongodb:\/\/gethomesafe:\w{64}@/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what Git leaves out does not go into the build of the image, at any depth', () => {
  const linesOf = (path: string) =>
    textOf(path)
      .split('\n')
      .map((line) => line.replace(/\/$/, ''));
  const left = linesOf('.gitignore').filter((line) => line !== '' && !line.startsWith('#'));
  const wanted = left.map((each) => (each.includes('/') ? each : `**/${each}`));
  expect(wanted.filter((each) => !linesOf('.dockerignore').includes(each))).toEqual([]);
});

/** Not handed over, with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  DATA_DIR: 'there is a replica set, and no mongod in the image',
  MONGOD_BINARY: 'the same',
  LAG_DIRECTORY_MS: 'times that tests and the demo set short',
  LAG_MAILBOX_MS: 'the same',
  LOOKS_MS: 'the same',
  RIPENING_MS: 'the same',
  GONE_CONFIRM_MS: 'the same',
  PROBLEM_DELAY_MS: 'the same',
};

test('every variable is handed to every process, or left out for a reason that the page on Compose tells as well', () => {
  const names = [...variableDescriptions().keys()];
  for (const [process, { environment }] of ours) {
    const missing = names.filter((name) => !(name in environment) && !(`${name}_FILE` in environment));
    expect({ process, missing }).toEqual({ process, missing: Object.keys(LEFT_OUT) });
  }
  const page = textOf('docs/running/compose.md');
  expect(Object.keys(LEFT_OUT).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('what .env says of e-mail, certificates and proxies arrives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghs-secrets-'));
  try {
    const pem = join(folder, 'client.pem');
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test'];
    execFileSync('openssl', [...made, '-keyout', `${pem}.key`, '-out', `${pem}.crt`], { stdio: 'ignore' });
    const both = `${readFileSync(`${pem}.key`, 'utf8')}${readFileSync(`${pem}.crt`, 'utf8')}`;
    const given = {
      azure_client_certificate: both,
      notification_certificate: both,
      tls_certificate: both,
      tls_key: both,
    };
    for (const [name, text] of Object.entries(given)) writeFileSync(join(folder, name), text);
    // With a certificate of the application no secret is asked for.
    expect(execFileSync(join(PROJECT, 'deploy', 'make-secrets'), [folder], { encoding: 'utf8' })).not.toContain(
      'missing',
    );
    writeFileSync(join(folder, 'smtp_url'), 'smtp://ghs:pass@mail.example:587\n');
    const env = {
      AZURE_CLIENT_SECRET_FILE: '',
      AZURE_CLIENT_CERTIFICATE_PATH: '/run/secrets/azure_client_certificate',
      RICH_NOTIFICATIONS: 'on',
      MAIL_FROM: 'GetHomeSafe <notices@company.example>',
      HTTPS_PROXY: 'http://way-out.example:8080',
      NO_PROXY: 'intranet.example',
    };
    for (const [, { environment }] of ours)
      expect(parseConfig(asComposed(environment, folder, env))).toMatchObject({
        azure: { credential: { kind: 'certificate' } },
        richNotifications: [both],
        mail: { host: 'mail.example', signIn: { user: 'ghs' }, from: { address: 'notices@company.example' } },
        proxy: { http: null, https: 'http://way-out.example:8080', except: 'intranet.example' },
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** As Compose hands it over: variables of `.env` put in, secrets where they are mounted. */
function asComposed(
  environment: Readonly<Record<string, string | null>>,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const given: Readonly<Record<string, string>> = {
    AZURE_CLIENT_ID: '12345678-90ab-cdef-1234-567890abcdef',
    PUBLIC_URL: 'https://portal.example',
    ...env,
  };
  const put = (_whole: string, name: string, how: string, words: string) => {
    const text = given[name];
    const isThere = text !== undefined && (text !== '' || !how.startsWith(':'));
    if (how.endsWith('+')) return isThere ? words : '';
    return isThere ? (text ?? '') : how.endsWith('-') ? words : '';
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, text]) => {
      const value = text === null ? given[name] : text.replace(/\$\{(\w+)(:?[-+?])([^}]*)\}/g, put);
      return value === undefined ? [] : [[name, value.replaceAll('/run/secrets', folder)]];
    }),
  );
}
