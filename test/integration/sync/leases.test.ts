import { systemChance } from '../../../src/kernel/chance.js';
import { createLog } from '../../../src/kernel/log.js';
import { FENCES, type FenceRow } from '../../../src/store/fence.js';
import { isTransient } from '../../../src/store/transaction.js';
import { createLeases, LEASE_MS, type Lease, LeaseLost, type Leases } from '../../../src/sync/lease.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

const TENANT = '11111111-1111-4111-8111-111111111111';

let opened: TestStore;
let clock: ReturnType<typeof createManualClock>;
let enterpriseId: string;

beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(() => {
  clock = createManualClock();
  enterpriseId = systemChance.guid();
});
afterAll(() => opened?.drop());

/** The leases of one process. */
function process(name: string, refused: () => void = () => {}): Leases {
  return createLeases({ store: opened.store, clock, log: createLog('silent'), holder: name, refused });
}

const fences = () => opened.store.collection<FenceRow>(FENCES);

async function takenBy(leases: Leases): Promise<Lease> {
  const lease = await leases.take(enterpriseId, TENANT);
  if (!lease) throw new Error('the tenant is not free');
  return lease;
}

/** A transaction that has written on the fence and does not end by itself; `goOn` lets it, and tells how it ended. */
function openTransaction(lease: Lease): Promise<{ goOn(): Promise<unknown> }> {
  return new Promise((resolve, reject) => {
    const end = lease.transaction(async (session) => {
      await fences().updateOne({ _id: enterpriseId }, { $set: { tenantId: TENANT } }, { session });
      await new Promise<void>((release) => {
        resolve({
          goOn: () => {
            release();
            return end.catch((error: unknown) => error);
          },
        });
      });
    });
    end.catch(reject);
  });
}

test('one process at a time holds a tenant, and another one gets it once the lease is given back', async () => {
  const [first, second] = [process('first'), process('second')];
  const lease = await takenBy(first);
  expect(await second.take(enterpriseId, TENANT)).toBeNull();
  await first.release(lease);
  expect((await takenBy(second)).epoch).toBe(lease.epoch + 1);
  expect(await first.renew(lease)).toBe(false);
});

/** The server itself gives a transaction up after 20 s, or 60 s where it is not the embedded one. */
const BEFORE_THE_SERVER_MS = 15_000;

test(
  'a transaction that a dead process left open does not keep the tenant from the next one',
  async () => {
    const [dead, next] = [process('dead'), process('next')];
    const lease = await takenBy(dead);
    const left = await openTransaction(lease);
    await clock.advance(LEASE_MS + 1);
    const taken = await takenBy(next);
    expect(taken.epoch).toBe(lease.epoch + 1);
    expect(isTransient(await left.goOn())).toBe(true);
    expect(await fences().findOne({ _id: enterpriseId })).toMatchObject({ writes: 0, holder: 'next' });
  },
  BEFORE_THE_SERVER_MS,
);

test('whoever only slept cannot write, whatever it had in hand, and is told that the tenant is somebody else’s', async () => {
  let refused = 0;
  const [sleeper, next] = [process('sleeper', () => (refused += 1)), process('next')];
  const lease = await takenBy(sleeper);
  const work = jest.fn(async (_session: unknown, writes: number) => writes);
  expect(await lease.transaction(work)).toBe(1);
  await clock.advance(LEASE_MS + 1);
  const taken = await takenBy(next);
  await expect(lease.transaction(work)).rejects.toBeInstanceOf(LeaseLost);
  expect([work.mock.calls.length, refused]).toEqual([1, 1]);
  expect(await taken.transaction(work)).toBe(2);
});
