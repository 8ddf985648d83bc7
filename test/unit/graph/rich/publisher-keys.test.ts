import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createPublisherKeys } from '../../../../src/graph/rich/publisher-keys.js';
import { type PublisherKey, readPublisherKeys } from '../../../../src/graph/rich/read-publisher-keys.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/kernel/clock.js';
import { createManualClock } from '../../../support/manual-clock.js';
import { quiet, startDouble, type Told } from '../graph-double.js';
import { rsaPair } from './rich-payload.js';

const { publicKey } = rsaPair();

/** Keys whose ids are those in `published` when they are read; a read that is `held` ends when it is let go. */
function bench(...ids: string[]) {
  const clock = createManualClock();
  const state = { published: ids, reads: 0, fails: false, held: null as Promise<void> | null };
  const fetchKeys = async (): Promise<PublisherKey[]> => {
    state.reads += 1;
    const { published, held, fails } = state;
    await held;
    if (fails) throw new Error('Entra ID is away');
    return published.map((kid) => ({ kid, key: publicKey, issuer: null }));
  };
  return { clock, state, keys: createPublisherKeys({ fetchKeys, clock, log: quiet }) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the kept keys', () => {
  test('are read by the first question, which does not wait for them', async () => {
    const { keys, state } = bench('k1');
    expect(keys.find('k1')).toBeNull();
    expect(state.reads).toBe(1);
    await settled();
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
    expect(state.reads).toBe(1);
  });

  test('can be read before the first question', async () => {
    const { keys } = bench('k1');
    await keys.refresh();
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
  });

  test('are read again for an unknown id, once in 5 minutes whatever ids are named', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    state.published = ['k1', 'k2'];
    await clock.advance(5 * MINUTE_MS - 1);
    for (const kid of ['k2', 'x', 'y']) expect(keys.find(kid)).toBeNull();
    expect(state.reads).toBe(1);
    await clock.advance(1);
    expect(keys.find('k2')).toBeNull();
    await settled();
    expect(keys.find('k2')).toMatchObject({ kid: 'k2' });
    expect(keys.find('x')).toBeNull();
    expect(state.reads).toBe(2);
  });

  test('are not asked for more often while Entra ID is away, and hold meanwhile', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    state.fails = true;
    for (let minute = 0; minute < 20; minute += 1) {
      await clock.advance(MINUTE_MS);
      keys.find('x');
    }
    expect(state.reads).toBe(5);
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
  });

  test('are not replaced by an empty set', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    state.published = [];
    await clock.advance(5 * MINUTE_MS);
    await keys.refresh();
    expect(state.reads).toBe(2);
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
  });

  test('lose a key that is no longer published', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    state.published = ['k2'];
    await clock.advance(5 * MINUTE_MS);
    await keys.refresh();
    expect(keys.find('k1')).toBeNull();
  });

  test('are renewed in good time, so that a day without gap follows a day', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    await clock.advance(12 * HOUR_MS);
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
    await settled();
    expect(state.reads).toBe(2);
    await clock.advance(DAY_MS - 12 * HOUR_MS + 1);
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
  });

  test('are worth nothing after a day', async () => {
    const { keys, state, clock } = bench('k1');
    await keys.refresh();
    state.fails = true;
    await clock.advance(DAY_MS - 1);
    expect(keys.find('k1')).toMatchObject({ kid: 'k1' });
    await clock.advance(1);
    expect(keys.find('k1')).toBeNull();
  });

  test('of an answer that came late do not replace newer ones', async () => {
    const { keys, state, clock } = bench('old');
    let letGo = () => {};
    state.held = new Promise((resolve) => (letGo = resolve));
    const slow = keys.refresh();
    Object.assign(state, { held: null, published: ['new'] });
    await clock.advance(5 * MINUTE_MS);
    await keys.refresh();
    letGo();
    await slow;
    expect(keys.find('new')).toMatchObject({ kid: 'new' });
    expect(keys.find('old')).toBeNull();
  });
});

describe('reading the keys of Entra ID', () => {
  const jwk = (key: KeyObject, over: object = {}) => ({ ...key.export({ format: 'jwk' }), use: 'sig', ...over });

  async function read(told: Told) {
    const double = await startDouble(() => told);
    try {
      const keys = await readPublisherKeys({ fetch, limitMs: 2_000, authorityHost: double.url });
      return { keys, asked: double.asked };
    } finally {
      await double.close();
    }
  }

  test('takes the signing keys of all tenants with their issuer', async () => {
    const issuer = 'https://login.example/{tenantid}/v2.0';
    const { keys, asked } = await read({
      body: { keys: [jwk(publicKey, { kid: 'k1', issuer }), jwk(publicKey, { kid: 'k2' })] },
    });
    expect(asked.map(({ path }) => path)).toEqual(['/common/discovery/v2.0/keys']);
    expect(keys.map(({ kid, issuer }) => [kid, issuer])).toEqual([
      ['k1', issuer],
      ['k2', null],
    ]);
    expect(keys[0]?.key.equals(publicKey)).toBe(true);
  });

  test('leaves out keys of another kind and keys that are broken', async () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const short = rsaPair(1_024).publicKey;
    const odd = [
      jwk(curve, { kid: 'curve' }),
      jwk(short, { kid: 'short' }),
      jwk(publicKey, { kid: 'encryption', use: 'enc' }),
      jwk(publicKey, { kid: 'broken', n: '' }),
      jwk(publicKey),
    ];
    const { keys } = await read({ body: { keys: [...odd, jwk(publicKey, { kid: 'good' })] } });
    expect(keys.map(({ kid }) => kid)).toEqual(['good']);
  });

  test.each<[string, Told]>([
    ['an error', { status: 503, body: {} }],
    ['another place', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: {} }],
    ['no key set', { body: { value: [] } }],
    ['no JSON', { body: 'words' }],
    ['no answer', { cut: true }],
  ])('fails on %s', async (_, told) => {
    await expect(read(told)).rejects.toMatchObject({ name: 'TokenFailure', kind: 'unreachable' });
  });
});
