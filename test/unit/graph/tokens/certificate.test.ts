import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { createTokens } from '../../../../src/graph/tokens/tokens.js';
import { CLIENT, configFor, eagerClock, quiet, startDouble, TENANT, tokenAnswer } from '../graph-double.js';

/** Self-signed and public: MSAL takes only its thumbprint; the key that signs is made anew for each run. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUAV11NBZ/dcCP6VVtDnI+gxlxIQQwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIZ2hzLXRlc3QwIBcNMjYxMTIzMjM1NDM1WhgPMjEyNjEwMzAy
MzU0MzVaMBMxETAPBgNVBAMMCGdocy10ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAExsOh+1gBnB4AVs0dDYzyFFEidBhT/F7sVY7B8Wy4OFkBeJJl2kVlAOR5
/AB7Vxktxt3XNimWAUJc1YXryZ9F76NTMFEwHQYDVR0OBBYEFFJj3Cx94mCANopb
yarLUt8ulCw1MB8GA1UdIwQYMBaAFFJj3Cx94mCANopbyarLUt8ulCw1MA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgcr/PZI2/bDorlP3ZT60oW+YE
ZqktezCkdTYft6Gx90UCIDp+PzP14RkiOiVwkUFWrOJiH/Vn9jzMgge61mAHqPbp
-----END CERTIFICATE-----`;

test('a certificate signs an assertion for the token endpoint and names itself by thumbprint', async () => {
  const double = await startDouble(() => tokenAnswer('t'), { ownTokens: true });
  try {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const credential = { kind: 'certificate', privateKey: pem, certificate: CERTIFICATE } as const;
    const tokens = createTokens({ config: configFor(double, { credential }), clock: eagerClock(), log: quiet });

    expect(await tokens.tokenFor(TENANT)).toBe('t');

    const form = new URLSearchParams(double.asked[0]?.text);
    expect(form.get('client_secret')).toBeNull();
    const verified = jwt.verify(form.get('client_assertion') ?? '', publicKey, {
      algorithms: ['PS256'],
      clockTolerance: 5,
      complete: true,
    });
    const thumbprint = createHash('sha256').update(new X509Certificate(CERTIFICATE).raw).digest('base64url');
    expect(verified.header).toMatchObject({ 'x5t#S256': thumbprint });
    expect(verified.payload).toMatchObject({
      iss: CLIENT,
      sub: CLIENT,
      aud: `${double.url}/${TENANT}/oauth2/v2.0/token`,
    });
  } finally {
    await double.close();
  }
});
