import { createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto';
import { openContent } from '../../../../src/graph/rich/open-content.js';
import { type EncryptedContent, oneBitOff, rsaPair, sealed, signatureOf } from './rich-payload.js';

jest.mock('node:crypto', () => {
  const genuine = jest.requireActual('node:crypto');
  return { ...genuine, createDecipheriv: jest.fn(genuine.createDecipheriv) };
});

const EVENT = { '@odata.type': '#Microsoft.Graph.Event', subject: 'Besuch in Ōtautahi', isAllDay: false };
const { publicKey, privateKey } = rsaPair();
const keys = new Map([['2026-a', privateKey]]);
const encrypted = sealed(EVENT, { publicKey, certificateId: '2026-a' });

function shut(reason: string) {
  return { ok: false, reason };
}

test('what Graph encrypted for our certificate is opened', () => {
  expect(openContent(encrypted, keys)).toEqual({ ok: true, content: EVENT });
});

test.each([2_048, 4_096])('a key of %d bits opens', (bits) => {
  const pair = rsaPair(bits);
  const large = { subject: 'x'.repeat(100_000) };
  const content = sealed(large, { publicKey: pair.publicKey, certificateId: 'big' });
  expect(openContent(content, new Map([['big', pair.privateKey]]))).toEqual({ ok: true, content: large });
});

test('a thumbprint that is missing does not matter: the id finds the key', () => {
  expect(openContent({ ...encrypted, encryptionCertificateThumbprint: undefined }, keys).ok).toBe(true);
});

describe('what was tampered with', () => {
  test.each<[string, Partial<EncryptedContent>, string]>([
    ['data', { data: oneBitOff(encrypted.data) }, 'signature'],
    ['data that lost its last block', { data: withoutLastBlock(encrypted.data) }, 'signature'],
    ['the signature', { dataSignature: oneBitOff(encrypted.dataSignature) }, 'signature'],
    ['a signature that is cut', { dataSignature: encrypted.dataSignature.slice(0, 20) }, 'signature'],
    ['the key', { dataKey: oneBitOff(encrypted.dataKey) }, 'certificate'],
    ['a key that is too short for the certificate', { dataKey: encrypted.dataKey.slice(0, 40) }, 'certificate'],
    ['the id of the certificate', { encryptionCertificateId: '2026-b' }, 'certificate'],
  ])('%s: stays shut', (_, change, reason) => {
    expect(openContent({ ...encrypted, ...change }, keys)).toEqual(shut(reason));
  });

  test('is not decrypted at all', () => {
    jest.mocked(createDecipheriv).mockClear();
    openContent({ ...encrypted, data: oneBitOff(encrypted.data) }, keys);
    expect(createDecipheriv).not.toHaveBeenCalled();
    openContent(encrypted, keys);
    expect(createDecipheriv).toHaveBeenCalledTimes(1);
  });
});

describe('keys that do not fit answer as a certificate that is not ours', () => {
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  test.each([
    ['another private key under the same id', encrypted, rsaPair().privateKey],
    ['a key that is not RSA', encrypted, curve.privateKey],
    ['padding with SHA-256', sealed(EVENT, { publicKey, certificateId: '2026-a', oaepHash: 'sha256' }), privateKey],
    ['a longer item key', sealed(EVENT, { publicKey, certificateId: '2026-a', itemKey: randomBytes(48) }), privateKey],
  ])('%s', (_, content, key) => {
    expect(openContent(content, new Map([['2026-a', key]]))).toEqual(shut('certificate'));
    expect(openContent(content, new Map())).toEqual(shut('certificate'));
  });
});

test('while certificates are rotated, contents for the old and for the new one are opened', () => {
  const newer = rsaPair();
  const both = new Map([...keys, ['2026-b', newer.privateKey]]);
  expect(openContent(encrypted, both).ok).toBe(true);
  expect(openContent(sealed(EVENT, { publicKey: newer.publicKey, certificateId: '2026-b' }), both).ok).toBe(true);
  both.delete('2026-a');
  expect(openContent(encrypted, both)).toEqual(shut('certificate'));
});

describe('malformed', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'AAAA'],
    ['no data', { ...encrypted, data: undefined }],
    ['data that is empty', { ...encrypted, data: '' }],
    ['data with a character that is not base64', { ...encrypted, data: `*${encrypted.data.slice(1)}` }],
    ['data of more than a MiB', { ...encrypted, data: 'A'.repeat(1_048_580) }],
    ['a key of more than a KiB', { ...encrypted, dataKey: 'A'.repeat(1_028) }],
    ['an id of more than 128 characters', { ...encrypted, encryptionCertificateId: 'a'.repeat(129) }],
    ['a number as signature', { ...encrypted, dataSignature: 7 }],
  ])('%s', (_, content) => {
    expect(openContent(content, keys)).toEqual(shut('malformed'));
  });

  test.each([
    ['no JSON', Buffer.from('{"subject":')],
    ['a list', Buffer.from('[1]')],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('signed content that is %s', (_, plain) => {
    expect(openContent(sealed(plain, { publicKey, certificateId: '2026-a' }), keys)).toEqual(shut('malformed'));
  });

  test('signed data that is no whole number of blocks', () => {
    const itemKey = randomBytes(32);
    const { dataKey } = sealed(EVENT, { publicKey, certificateId: '2026-a', itemKey });
    const data = Buffer.alloc(17);
    const odd = { ...encrypted, dataKey, data: data.toString('base64'), dataSignature: signatureOf(data, itemKey) };
    expect(openContent(odd, keys)).toEqual(shut('malformed'));
  });
});

function withoutLastBlock(base64: string): string {
  return Buffer.from(base64, 'base64').subarray(0, -16).toString('base64');
}
