import { createPublisherKeys } from '../../../../src/graph/rich/publisher-keys.js';
import { readPublisherKeys } from '../../../../src/graph/rich/read-publisher-keys.js';
import { checkValidationTokens, PUBLISHER_ID } from '../../../../src/graph/rich/validation-tokens.js';
import { systemChance } from '../../../../src/kernel/chance.js';
import { MINUTE_MS } from '../../../../src/kernel/clock.js';
import { createSigningKeys } from '../../../../src/simulator/identity/signing-keys.js';
import { createManualClock } from '../../../support/manual-clock.js';
import { CLIENT, quiet, startDouble, TENANT } from '../graph-double.js';

test('tokens signed with a new key are hints until the keys were read again, and those of the old one go on', async () => {
  const entra = createSigningKeys(systemChance);
  const double = await startDouble(() => ({ body: entra.keySet() }));
  try {
    const clock = createManualClock();
    const authorityHost = double.url;
    const fetchKeys = () => readPublisherKeys({ fetch, limitMs: 2_000, authorityHost });
    const keys = createPublisherKeys({ fetchKeys, clock, log: quiet });
    const check = (token: string) =>
      checkValidationTokens({ keys, clock, clientId: CLIENT, authorityHost }, { tokens: [token], tenantIds: [TENANT] });
    const sign = () => {
      const standard = { ver: '2.0', aud: CLIENT, iss: `${authorityHost}/${TENANT}/v2.0`, tid: TENANT };
      return entra.sign({ ...standard, azp: PUBLISHER_ID, exp: Math.floor(clock.nowMs() / 1_000) + 3_600 });
    };
    await keys.refresh();
    const before = sign();
    expect(check(before)).toEqual({ ok: true });

    entra.rotate();
    await clock.advance(6 * MINUTE_MS);
    const after = sign();
    expect(check(after)).toEqual({ ok: false, reason: 'unknown_key' });
    // The question has begun the reading; this only waits for its end.
    await keys.refresh();
    expect(check(after)).toEqual({ ok: true });
    expect(check(before)).toEqual({ ok: true });
    expect(double.asked).toHaveLength(2);
  } finally {
    await double.close();
  }
});
