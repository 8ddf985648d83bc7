import { credentialLeft } from '../../../src/reconciliation/doctor/credential-left.js';

const NOW = new Date('2026-09-01T00:00:00Z');
const secretUntil = (day: string | null) => ({
  ...{ certificate: null, notificationCertificates: [] },
  secretExpiresAt: day === null ? null : new Date(day),
});

test('the days that a client secret is left are counted', () => {
  expect(credentialLeft(secretUntil('2026-12-10'), NOW)).toBe('client secret: 100 days left');
});

test('a secret that ends within 30 days, or has ended, is a finding that says what to do', () => {
  expect(() => credentialLeft(secretUntil('2026-09-30'), NOW)).toThrow('client secret: 29 days left. Operators of');
  expect(() => credentialLeft(secretUntil('2026-08-30'), NOW)).toThrow('the client secret has ended. Operators of');
});

test('where nobody has entered when the secret ends, that is said and is no fault', () => {
  expect(credentialLeft(secretUntil(null), NOW)).toContain('set AZURE_CLIENT_SECRET_EXPIRES');
});
