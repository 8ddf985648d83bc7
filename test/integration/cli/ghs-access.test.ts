import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCli } from '../../../src/cli/run-cli.js';
import { openServices, type Services } from '../../../src/compose.js';
import { createLog } from '../../../src/kernel/log.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const ANN = 'ann@acme.example';
const PERSON = ['--microsoft-tenant', '0aaaaaaa-1111-4111-8111-111111111111'];
const OBJECT = ['--microsoft-object-id', '0bbbbbbb-2222-4222-8222-222222222222'];

let base: TestStore;
let services: Services;
let enterprise: string;
beforeAll(async () => {
  base = await openTestStore();
  const mongo = { kind: 'uri', uri: base.uri } as const;
  services = await openServices({ mongo, dataDir: '', logLevel: 'silent' }, { log: createLog('silent'), path: '' });
  enterprise = (await services.structure.createEnterprise({ name: 'Acme', by: 'test' }))._id;
});
afterAll(async () => {
  await services.close();
  await base.drop();
});

/** Only the database is known: no command of access needs an application secret. */
async function ghs(...argv: string[]) {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const code = await runCli([...argv, '--json'], { ...io, env: { MONGODB_URI: base.uri, LOG_LEVEL: 'silent' } });
  return { code, document: JSON.parse(stdout) };
}

async function done(...argv: string[]) {
  const { code, document } = await ghs(...argv);
  if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)}`);
  return document;
}

async function withStdin<T>(text: string, work: () => Promise<T>): Promise<T> {
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(text)]) });
  try {
    return await work();
  } finally {
    if (stdin) Object.defineProperty(process, 'stdin', stdin);
  }
}

const opens = async (userName: string, password: string) =>
  services.passwords.verify(password, (await services.accounts.ofUserName(userName))?.password ?? null);

it('makes an administrator of the only enterprise, with a password that is told once', async () => {
  const made = await done('admin', 'create', '--user-name', ANN, '--display-name', 'Ann');
  expect(made).toMatchObject({ userName: ANN, displayName: 'Ann', role: 'admin', enterpriseId: enterprise });
  expect(await opens(ANN, made.password)).toBe(true);
  const { items, next } = await done('admin', 'list');
  expect([items.length, next]).toEqual([1, null]);
  expect(items[0]).toMatchObject({ id: made.id, hasPassword: true, disabledAt: null, lastSignInAt: null });
  expect(JSON.stringify(items)).not.toContain(made.password);
  expect(JSON.stringify(items)).not.toContain('salt');
});

it('takes a password from stdin, and never tells it', async () => {
  const create = ['admin', 'create', '--user-name', 'bob@acme.example', '--role', 'reader', '--password-stdin'];
  const made = await withStdin('correct horse battery\n', () => done(...create));
  expect(made).toMatchObject({ role: 'reader', hasPassword: true });
  expect(made).not.toHaveProperty('password');
  expect(await opens('bob@acme.example', 'correct horse battery')).toBe(true);
  const again = ['admin', 'password', 'bob@acme.example', '--password-stdin'];
  await withStdin('another password entirely\r\n', () => done(...again));
  expect(await opens('bob@acme.example', 'another password entirely')).toBe(true);
  const short = await withStdin('short\n', () => ghs(...again));
  expect([short.code, short.document.error.code]).toEqual([2, 'password_too_short']);
});

it('makes an account for a person at Microsoft, without a password unless one is given', async () => {
  const made = await done('admin', 'create', '--user-name', 'msft@acme.example', ...PERSON, ...OBJECT);
  expect(made).toMatchObject({ hasPassword: false, microsoft: { tenantId: PERSON[1], objectId: OBJECT[1] } });
  expect(made).not.toHaveProperty('password');
  const half = await ghs('admin', 'create', '--user-name', 'half@acme.example', ...PERSON);
  expect([half.code, half.document.error]).toMatchObject([2, { code: 'bad_usage', field: 'microsoft-object-id' }]);
});

it('makes operators over all enterprises, or of the one that is named', async () => {
  const all = await done('admin', 'create', '--user-name', 'op@ghs.example', '--role', 'operator');
  expect(all).toMatchObject({ role: 'operator', enterpriseId: null });
  const one = ['admin', 'create', '--user-name', 'one@ghs.example', '--role', 'operator', '--enterprise', enterprise];
  expect(await done(...one)).toMatchObject({ role: 'operator', enterpriseId: enterprise });
});

it('shows and exports what operators over all enterprises did, and nothing else with it', async () => {
  await done('admin', 'create', '--user-name', 'watched@ghs.example', '--role', 'operator');
  const { items } = await done('history', 'settings', '--installation');
  expect(items[0]).toMatchObject({ what: 'account.created', after: { userName: 'watched@ghs.example' } });
  expect(JSON.stringify(items)).not.toContain(ANN);
  const exporting = ['history', 'export', '--installation', '--format', 'ndjson'];
  const folder = await mkdtemp(join(tmpdir(), 'ghs-access-'));
  const out = join(folder, 'acts.ndjson');
  expect(await done(...exporting, '--what', 'settings', '--out', out)).toEqual({ file: out, rows: items.length });
  expect(await readFile(out, 'utf8')).toContain('watched@ghs.example');
  await rm(folder, { recursive: true });
  for (const more of [
    ['--what', 'runs'],
    ['--what', 'settings', '--enterprise', enterprise],
  ]) {
    const refused = await ghs(...exporting, ...more, '--out', out);
    expect([refused.code, refused.document.error.field]).toEqual([2, 'installation']);
  }
});

it('refuses other roles, enterprises that are not there and user names that are taken', async () => {
  const create = ['admin', 'create', '--user-name', 'eve@acme.example'];
  expect((await ghs(...create, '--role', 'owner')).code).toBe(2);
  expect((await ghs(...create, '--enterprise', 'nobody')).document.error.code).toBe('enterprise_not_found');
  const taken = await ghs('admin', 'create', '--user-name', ANN.toUpperCase());
  expect([taken.code, taken.document.error.code]).toEqual([1, 'user_name_taken']);
});

it('disables an account, and says where there is none', async () => {
  expect(await done('admin', 'disable', ANN)).toMatchObject({
    ...{ userName: ANN, disabledAt: expect.any(String), revokedTokens: 0 },
  });
  const again = await ghs('admin', 'disable', ANN);
  expect([again.code, again.document.error.code]).toEqual([1, 'account_not_found']);
});

it('makes, lists and revokes tokens', async () => {
  const made = await done('token', 'create', '--enterprise', enterprise, '--role', 'reader', '--name', 'nightly');
  expect(made).toMatchObject({ token: expect.stringMatching(/^ghs_/), expiresAt: expect.stringMatching(/Z$/) });
  const inForce = async () => (await services.bearerTokens.use(made.token))?.role ?? null;
  expect(await inForce()).toBe('reader');
  const { items } = await done('token', 'list');
  expect(items).toMatchObject([{ id: made.id, name: 'nightly', enterpriseId: enterprise, revokedAt: null }]);
  expect(JSON.stringify(items)).not.toContain('hash');
  await done('token', 'revoke', made.id);
  expect(await inForce()).toBeNull();
  expect((await ghs('token', 'revoke', made.id)).document.error.code).toBe('token_not_found');
});

it('makes tokens that end when they are told to, within a year', async () => {
  const { expiresAt } = await done('token', 'create', '--role', 'operator', '--expires-in', '1d');
  const leftMs = new Date(expiresAt).getTime() - Date.now();
  expect(leftMs).toBeLessThanOrEqual(86_400_000);
  expect(leftMs).toBeGreaterThan(80_000_000);
  const long = await ghs('token', 'create', '--role', 'operator', '--expires-in', '366d');
  expect([long.code, long.document.error.code]).toEqual([2, 'bad_life']);
});
