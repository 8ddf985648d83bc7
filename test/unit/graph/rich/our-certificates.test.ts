import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { openContent } from '../../../../src/graph/rich/open-content.js';
import { ourCertificate, privateKeyIn } from '../../../../src/graph/rich/our-certificates.js';
import {
  CURVE_CERTIFICATE,
  CURVE_KEY,
  OTHER_RSA_KEY,
  RSA_CERTIFICATE,
  RSA_KEY,
} from '../../config/certificate-fixture.js';
import { rsaPair, sealed } from './rich-payload.js';

test('what is encrypted with the certificate that Graph is given opens with its key', () => {
  const ours = ourCertificate(RSA_KEY + RSA_CERTIFICATE);
  const atGraph = new X509Certificate(Buffer.from(ours.encryptionCertificate, 'base64'));
  const { publicKey } = atGraph;
  const content = sealed({ subject: 'x' }, { publicKey, certificateId: ours.encryptionCertificateId });
  const keys = new Map([[ours.encryptionCertificateId, ours.privateKey]]);
  expect(openContent(content, keys)).toEqual({ ok: true, content: { subject: 'x' } });
});

test('the id is the fingerprint of the certificate, wherever in the file it stands', () => {
  const id = createHash('sha256').update(new X509Certificate(RSA_CERTIFICATE).raw).digest('hex');
  expect(ourCertificate(RSA_KEY + RSA_CERTIFICATE).encryptionCertificateId).toBe(id);
  expect(ourCertificate(RSA_CERTIFICATE + RSA_KEY).encryptionCertificateId).toBe(id);
});

test('nothing of the private key is given to Graph', () => {
  const { encryptionCertificate } = ourCertificate(RSA_KEY + RSA_CERTIFICATE);
  expect(Buffer.from(encryptionCertificate, 'base64').equals(new X509Certificate(RSA_CERTIFICATE).raw)).toBe(true);
});

test.each([
  ['no key', RSA_CERTIFICATE, 'no private key'],
  ['no certificate', RSA_KEY, 'no certificate'],
  ['the key of another certificate', OTHER_RSA_KEY + RSA_CERTIFICATE, 'another private key'],
  ['no RSA pair', CURVE_KEY + CURVE_CERTIFICATE, 'not RSA'],
  ['a damaged certificate', RSA_KEY + RSA_CERTIFICATE.replace('MIIDGT', 'MIIDGU'), 'damaged'],
  ['a damaged key', RSA_KEY.replace('MIIEvwIB', 'MIIEvwIC') + RSA_CERTIFICATE, 'damaged'],
])('a file with %s is refused in words', (_, pem, words) => {
  expect(() => ourCertificate(pem)).toThrow(expect.objectContaining({ field: 'key' }));
  expect(() => ourCertificate(pem)).toThrow(words);
});

describe('a private key by itself', () => {
  const { privateKey } = rsaPair();

  test.each(['pkcs1', 'pkcs8'] as const)('may have the form %s', (type) => {
    const pem = privateKey.export({ type, format: 'pem' }).toString();
    expect(privateKeyIn(pem).equals(privateKey)).toBe(true);
  });

  test('must have no passphrase', () => {
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' };
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const pem = privateKey.export({ type, format: 'pem', ...cipher }).toString();
      expect(() => privateKeyIn(pem)).toThrow('passphrase');
    }
  });

  test('must be private', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    expect(() => privateKeyIn(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow('no private key');
  });
});
