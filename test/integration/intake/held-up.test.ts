import { CHANGES, changeId } from '../../../src/changes/change-document.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { waitFor } from '../../support/wait-for.js';
import { anna, aUserItem, bert, tenantA } from '../../unit/intake/notification-builders.js';
import { type StartedIntake, startIntake } from './start-intake.js';

let intake: StartedIntake;
/** The connection of a worker that will be killed. */
let worker: Store;

beforeAll(async () => {
  intake = await startIntake();
  worker = await connectStore({ uri: intake.databaseUri, log: createLog('silent') });
});
afterAll(async () => {
  await worker.close();
  await intake.stop();
});

async function post(...objectIds: string[]): Promise<number> {
  const value = objectIds.map((id) => aUserItem({ resource: `Users/${id}`, resourceData: { id } }));
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ value });
  return (await fetch(`${intake.url}/graph/notifications`, { method: 'POST', headers, body })).status;
}

/** Leaves a transaction open that has closed somebody's change, as a worker that is killed in it does. */
async function closedHalfWay(objectId: string): Promise<{ end(): Promise<void> }> {
  const session = worker.openSession();
  const _id = changeId({ tenantId: tenantA, kind: 'user', objectId });
  let isOpen = false;
  const left = session.transaction(async (within) => {
    await worker.collection<{ _id: string }>(CHANGES).deleteOne({ _id }, { session: within });
    isOpen = true;
    await new Promise(() => {});
  });
  left.catch(() => {});
  await waitFor(() => isOpen, { message: 'the transaction has not written' });
  return { end: () => worker.killSession(session.id) };
}

const others = Array.from({ length: 40 }, (_, index) => `eeeeeeee-0000-4000-8000-${String(index).padStart(12, '0')}`);

test('what a killed worker holds keeps nobody else waiting: only its own notification is to be sent again', async () => {
  expect(await post(anna)).toBe(202);
  const left = await closedHalfWay(anna);
  const answers = await Promise.all([post(anna), ...others.map((id) => post(id)), post(bert, anna)]);
  expect(answers).toEqual([503, ...others.map(() => 202), 503]);
  await left.end();
  expect(await post(anna)).toBe(202);
  const found = await intake.changes.find({ tenantId: tenantA, kind: 'user', objectId: anna });
  expect(found?.notified).toBeGreaterThanOrEqual(2);
});
