import { createPublicKey } from 'node:crypto';
import { startRichIntake } from '../../../src/compose/rich.js';
import { ourCertificate } from '../../../src/graph/rich/our-certificates.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { RSA_CERTIFICATE, RSA_KEY } from '../config/certificate-fixture.js';
import { parse } from '../config/environment-fixture.js';
import { sealed } from '../graph/rich/rich-payload.js';

const PEM = RSA_KEY + RSA_CERTIFICATE;
const parts = { clock: systemClock, log: createLog('silent') };
// Nobody answers there: the keys of Entra ID cannot be read, which keeps nobody waiting.
const env = {
  RICH_NOTIFICATIONS: 'on',
  NOTIFICATION_CERTIFICATE_PATH: '/c.pem',
  AZURE_AUTHORITY_HOST: 'http://127.0.0.1:9',
};

const EVENT = {
  ...{ '@odata.type': '#Microsoft.Graph.Event', id: 'AAMk=', iCalUId: 'uid', type: 'singleInstance', showAs: 'busy' },
  ...{ subject: 'Doctor', location: { displayName: 'Ward 3' }, categories: ['Health'], isAllDay: false },
  start: { dateTime: '2027-01-04T09:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2027-01-04T10:00:00.0000000', timeZone: 'UTC' },
};

async function opened(content: object) {
  const rich = startRichIntake(parse(env, { '/c.pem': PEM }), parts);
  if (!rich) throw new Error('rich notifications are off');
  try {
    const certificateId = ourCertificate(PEM).encryptionCertificateId;
    return rich.reader.open(sealed(content, { publicKey: createPublicKey(RSA_CERTIFICATE), certificateId }));
  } finally {
    await rich.stop();
  }
}

test('off there is nothing that reads', () => {
  expect(startRichIntake(parse({}), parts)).toBeNull();
});

test('an event is kept as the rules take it', async () => {
  const event = { id: 'AAMk=', key: 'uid', subject: 'Doctor', location: 'Ward 3', start: '2027-01-04T09:00:00.000Z' };
  expect(await opened(EVENT)).toMatchObject({ ok: true, id: 'AAMk=', event });
});

test('of a private event only the times are kept', async () => {
  const content = await opened({ ...EVENT, sensitivity: 'private' });
  expect(content).toMatchObject({ event: { subject: null, location: null, categories: [] } });
  expect(JSON.stringify(content)).not.toMatch(/Doctor|Ward|Health/);
});

test.each([
  ['a whole series', { ...EVENT, type: 'seriesMaster' }],
  ['one without a beginning', { ...EVENT, start: null }],
  ['one of another shape', { ...EVENT, subject: 7 }],
])('nothing is kept of %s', async (_, content) => {
  expect(await opened(content)).toEqual({ ok: true, id: 'AAMk=', event: null });
});

test('a certificate that Graph would not take is refused when the service starts', () => {
  const config = parse(env, { '/c.pem': RSA_KEY + RSA_CERTIFICATE.replace('MII', 'XXX') });
  expect(() => startRichIntake(config, parts)).toThrow('NOTIFICATION_CERTIFICATE_PATH, file 1: It is damaged');
});
