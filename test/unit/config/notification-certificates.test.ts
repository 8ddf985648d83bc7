import { describeConfig } from '../../../src/config/describe-config.js';
import { RSA_CERTIFICATE, RSA_KEY } from './certificate-fixture.js';
import { parse, problems } from './environment-fixture.js';

const PEM = RSA_KEY + RSA_CERTIFICATE;
const ON = { RICH_NOTIFICATIONS: 'on', NOTIFICATION_CERTIFICATE_PATH: '/new.pem, /old.pem' };
const FILES = { '/new.pem': PEM, '/old.pem': RSA_CERTIFICATE + RSA_KEY };

test('rich notifications are off unless switched on, whatever files are named', () => {
  expect(parse({}).richNotifications).toBeNull();
  expect(parse({ NOTIFICATION_CERTIFICATE_PATH: '/none.pem' }).richNotifications).toBeNull();
});

test('the files are read in the order given', () => {
  expect(parse(ON, FILES).richNotifications).toEqual([FILES['/new.pem'], FILES['/old.pem']]);
});

test('on without a certificate, or with a file that is none, is refused with its mend', () => {
  expect(problems({ RICH_NOTIFICATIONS: 'on' })).toContain('NOTIFICATION_CERTIFICATE_PATH is not set');
  expect(problems(ON, { '/new.pem': PEM })).toContain('file 2: it cannot be read');
  expect(problems(ON, { ...FILES, '/old.pem': RSA_KEY })).toContain('file 2: no certificate in it');
  expect(problems({ RICH_NOTIFICATIONS: 'yes' })).toContain('give one of off, on');
});

test('nothing of the keys is shown', () => {
  const shown = JSON.stringify(describeConfig(parse(ON, FILES)));
  expect(shown).toContain('2 certificates: set');
  expect(shown).not.toContain('BEGIN');
});
