import { keyId } from '../../../src/kernel/secrets.js';
import { startWorker } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';
import {
  DAY_MS,
  firstPerson,
  hasFirstName,
  type SubscriptionsScene,
  startSubscriptionsScene,
} from './subscriptions-scene.js';

const OLD = 'the-old-secret-which-is-long-enough-for-this';
const NEW = 'the-new-secret-which-is-long-enough-for-this';

let scene: SubscriptionsScene;

beforeAll(async () => {
  // Intake verifies with both from the beginning, as operations.md says.
  scene = await startSubscriptionsScene({ env: { ROLES: 'intake,portal', APP_SECRET: `${NEW},${OLD}` } });
});
afterAll(() => scene?.close());

/** Work of a process that was started with these secrets. */
async function workingWith(appSecrets: readonly string[], work: () => Promise<void>): Promise<void> {
  const worker = await startWorker(scene, { appSecrets });
  try {
    await work();
  } finally {
    await worker.stop();
  }
}

test('another first secret makes each subscription anew within a day, at a moment of its own, and no change is lost', async () => {
  let person = '';
  await workingWith([OLD], async () => {
    person = await firstPerson(scene);
    await scene.settled();
  });
  expect((await scene.rows()).map((row) => row.keyId)).toEqual([keyId(OLD), keyId(OLD)]);

  await workingWith([NEW, OLD], async () => {
    const soon = async () =>
      (await scene.rows()).every(({ renewAt }) => (renewAt?.getTime() ?? 0) < Date.now() + DAY_MS);
    await waitFor(soon, { message: 'not hurried' });
    // The script, as run by cron, does not put these moments off.
    const moments = async () => new Map((await scene.rows()).map(({ kind, renewAt }) => [kind, renewAt]));
    const [promised, patched] = [await moments(), await scene.requests('PATCH')];
    const rest = { signal: AbortSignal.timeout(60_000), onProgress: () => {} };
    const script = { tenantId: scene.tenant.id, dueWithinMs: 30 * DAY_MS, ...rest };
    expect(await scene.microsoft.subscriptions.renewDue(script)).toHaveLength(2);
    expect(await scene.requests('PATCH')).toBe(patched + 2);
    expect(await moments()).toEqual(promised);
    // Until its moment comes, what the old one tells counts.
    scene.tenant.directory.updateUser(person, { givenName: 'Before' });
    await hasFirstName(scene, person, 'Before');

    // Between the old and the new one Graph tells nobody.
    const slow = { match: { method: 'POST', path: '/subscriptions$' }, times: 2, action: { delayMs: 1_500 } };
    await scene.control('POST', '/faults', slow);
    for (const { _id } of await scene.rows()) await scene.services.subscriptions.update(_id, { renewAt: new Date(0) });
    await waitFor(async () => (await scene.held()).length === 0, {
      message: 'the old ones are left',
    });
    scene.tenant.directory.updateUser(person, { givenName: 'Between' });
    await scene.settled();
    await hasFirstName(scene, person, 'Between');

    expect((await scene.rows()).map((row) => row.keyId)).toEqual([keyId(NEW), keyId(NEW)]);
    scene.tenant.directory.updateUser(person, { givenName: 'After' });
    await hasFirstName(scene, person, 'After');
  });
});
