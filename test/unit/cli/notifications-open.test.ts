import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { runCli } from '../../../src/cli/run-cli.js';
import { oneBitOff, rsaPair, sealed } from '../graph/rich/rich-payload.js';

const { publicKey, privateKey } = rsaPair();
const EVENT = { '@odata.type': '#Microsoft.Graph.Event', subject: 'Site visit' };
const encryptedContent = sealed(EVENT, { publicKey, certificateId: 'ours-1' });
const item = { subscriptionId: 's', tenantId: 't', changeType: 'updated', encryptedContent };
const validationTokens = [jwt.sign({ aud: 'any' }, 'any secret')];

let folder = '';
let key = '';
let otherKey = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ghs-rich-'));
  key = await saved('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  otherKey = await saved('other.pem', rsaPair().privateKey.export({ type: 'pkcs1', format: 'pem' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function saved(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  const isText = typeof content === 'string' || Buffer.isBuffer(content);
  await writeFile(path, isText ? content : JSON.stringify(content));
  return path;
}

async function ghs(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const stdoutSink = { write: (text: string) => (stdout += text) };
  const code = await runCli(argv, { stdout: stdoutSink, stderr: { write: (text) => (stderr += text) }, env: {} });
  return { code, stdout, stderr };
}

async function open(content: unknown, ...options: string[]) {
  const file = await saved('file.json', content);
  const { code, stdout, stderr } = await ghs('notifications', 'open', '--file', file, ...options, '--json');
  return { code, document: JSON.parse(stdout), stderr };
}

const OPENED = { code: 0, document: { ok: true, reason: null, content: EVENT }, stderr: '' };
const shut = (reason: string) => ({ code: 1, document: { ok: false, reason, content: null }, stderr: '' });

test.each([
  ['a POST', { value: [item], validationTokens }],
  ['a POST of which the tokens were left out', { value: [item] }],
  ['one item', item],
  ['one encryptedContent', encryptedContent],
])('%s is opened, without any database or setting', async (_, content) => {
  expect(await open(content, '--key', key)).toEqual(OPENED);
});

test('a certificate that is named must be the one in the notification', async () => {
  expect(await open(item, '--key', key, '--certificate-id', 'ours-1')).toEqual(OPENED);
  expect(await open(item, '--key', key, '--certificate-id', 'ours-2')).toEqual(shut('certificate'));
});

test('another key is told as the certificate', async () => {
  expect(await open(item, '--key', otherKey)).toEqual(shut('certificate'));
});

test('data that was tampered with is told as the signature', async () => {
  expect(await open({ ...encryptedContent, data: oneBitOff(encryptedContent.data) }, '--key', key)).toEqual(
    shut('signature'),
  );
});

test.each([[null], [[]], [['words']], ['words']])(
  'validation tokens that are %j are told as the token',
  async (none) => {
    expect(await open({ value: [item], validationTokens: none }, '--key', key)).toEqual(shut('token'));
  },
);

test.each<[string, unknown]>([
  ['a notification without data', { value: [{ ...item, encryptedContent: undefined }] }],
  ['an item that is none', { value: [null] }],
  ['a list', [item]],
  ['a text', '"words"'],
  ['a content without a key', { ...encryptedContent, dataKey: undefined }],
])('%s is malformed', async (_, content) => {
  expect(await open(content, '--key', key)).toEqual(shut('malformed'));
});

describe('bad usage ends with 2 and says what is wrong', () => {
  test.each<[string, () => string[], string, RegExp]>([
    ['no key', () => ['--file', key], 'key', /--key is missing/],
    ['no file', () => ['--key', key], 'file', /--file is missing/],
    ['a file that is not there', () => ['--file', join(folder, 'none'), '--key', key], 'file', /none cannot be read/],
    ['a key that is not there', () => ['--file', key, '--key', join(folder, 'none')], 'key', /none cannot be read/],
    ['a file that is no JSON', () => ['--file', key, '--key', key], 'file', /is no JSON/],
  ])('%s', async (_, argv, field, words) => {
    const { code, stdout } = await ghs('notifications', 'open', ...argv(), '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'bad_usage', field, message: expect.stringMatching(words) },
    });
  });

  test('a key file without a key', async () => {
    const { code, document } = await open(item, '--key', await saved('words.pem', 'words'));
    expect(code).toBe(2);
    expect(document.error).toEqual({ code: 'bad_key', field: 'key', message: expect.stringContaining('no private') });
  });

  test.each([0, 2])('a POST with %d items', async (count) => {
    const { code, document } = await open({ value: Array(count).fill(item) }, '--key', key);
    expect(code).toBe(2);
    expect(document.error).toMatchObject({ field: 'file', message: expect.stringContaining(`${count} items`) });
  });
});

describe('for people', () => {
  test('the content is printed line by line, without anything that steers a terminal', async () => {
    const file = await saved('file.json', sealed({ subject: 'a\u009b31mb' }, { publicKey, certificateId: 'x' }));
    const { stdout } = await ghs('notifications', 'open', '--file', file, '--key', key);
    expect(stdout).toBe('{\n  "subject": "a 31mb"\n}\n');
  });

  test('a failure is told in words, and the key never', async () => {
    const file = await saved('file.json', item);
    const { code, stdout, stderr } = await ghs('notifications', 'open', '--file', file, '--key', otherKey);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^Not opened\. certificate: /) });
    expect(stdout + stderr).not.toContain('PRIVATE');
  });

  test('the help says that validation tokens are not verified', async () => {
    const { stdout } = await ghs('notifications', 'open', '--help');
    expect(stdout.replace(/\s+/g, ' ')).toContain('validation tokens are not verified');
  });
});
