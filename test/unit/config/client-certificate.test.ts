import { CURVE_CERTIFICATE, CURVE_KEY, OTHER_RSA_KEY, RSA_CERTIFICATE, RSA_KEY } from './certificate-fixture.js';
import { parse, problems } from './environment-fixture.js';

test('the certificate file gives the key and the certificate that belong together', () => {
  const change = { AZURE_CLIENT_SECRET: undefined, AZURE_CLIENT_CERTIFICATE_PATH: '/cert.pem' };
  const config = parse(change, { '/cert.pem': `Bag Attributes\n${RSA_KEY}${RSA_CERTIFICATE}` });
  expect(config.azure.credential).toEqual({
    kind: 'certificate',
    privateKey: RSA_KEY.trim(),
    certificate: RSA_CERTIFICATE.trim(),
  });
});

test.each([
  ['without a key', RSA_CERTIFICATE, 'no private key in it'],
  ['without a certificate', RSA_KEY, 'no certificate in it'],
  ['with a key of another certificate', OTHER_RSA_KEY + RSA_CERTIFICATE, 'belongs to another private key'],
  ['that is not RSA', CURVE_KEY + CURVE_CERTIFICATE, 'the private key is not RSA'],
  ['that is damaged', RSA_KEY.replace('MII', 'XXX') + RSA_CERTIFICATE, 'it is damaged'],
])('a certificate file %s is refused', (_, pem, mend) => {
  const change = { AZURE_CLIENT_SECRET: undefined, AZURE_CLIENT_CERTIFICATE_PATH: '/cert.pem' };
  expect(problems(change, { '/cert.pem': pem })).toContain(`AZURE_CLIENT_CERTIFICATE_PATH: `);
  expect(problems(change, { '/cert.pem': pem })).toContain(mend);
});

test('a certificate outside its time, one that cannot be read, and one beside a secret are refused', () => {
  const change = { AZURE_CLIENT_SECRET: undefined, AZURE_CLIENT_CERTIFICATE_PATH: '/cert.pem' };
  const files = { '/cert.pem': RSA_KEY + RSA_CERTIFICATE };
  expect(problems(change, files, '2126-12-01T00:00:00Z')).toContain('expired on Oct 30');
  expect(problems(change, files, '2026-11-01T00:00:00Z')).toContain('valid only from Nov 23');
  expect(problems(change)).toContain('the file cannot be read');
  expect(problems({ AZURE_CLIENT_CERTIFICATE_PATH: '/cert.pem' }, files)).toContain('are both set: keep one');
});
