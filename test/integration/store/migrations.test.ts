import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { systemChance } from '../../../src/kernel/chance.js';
import { type Clock, systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { LEASE_MS, type Migration, migrate } from '../../../src/store/migrations.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock, type ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';

describe('migrations', () => {
  let test: TestStore;
  let done: string[];
  beforeEach(async () => {
    test = await openTestStore();
    done = [];
  });
  afterEach(() => test.drop());

  it('are applied in order, once, whoever comes again', async () => {
    expect(await run([step('one'), step('two')])).toEqual(['one', 'two']);
    expect(await run([step('one'), step('two'), step('three')])).toEqual(['three']);
    expect(done).toEqual(['one', 'two', 'three']);
  });

  it('are applied once by processes that meet, and all of them wait until it is done', async () => {
    const steps = [step('one', 50), step('two', 50)];
    await Promise.all(
      [1, 2, 3].map(async () => {
        await run(steps);
        expect(done).toEqual(['one', 'two']);
      }),
    );
    expect(done).toEqual(['one', 'two']);
  });

  it('are tried again after one that failed, from that one on', async () => {
    let broken = true;
    const fragile: Migration = {
      id: 'two',
      up: async () => {
        if (broken) throw new Error('disk full');
        done.push('two');
      },
    };
    await expect(run([step('one'), fragile])).rejects.toThrow('disk full');
    broken = false;
    expect(await run([step('one'), fragile])).toEqual(['two']);
  });

  it('take over from a process that died in the middle', async () => {
    const died = { _id: 'lease' as const, owner: 'somebody', until: new Date(systemClock.nowMs() - 1) };
    await test.store.collection<typeof died>('migrations').insertOne(died);
    expect(await run([step('one')])).toEqual(['one']);
  });

  it('of a process that is killed in a step are done by those that wait, as soon as its lease is over', async () => {
    const script = join(__dirname, '..', '..', 'support', 'migrating-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, test.uri, 'one'], { stdio: 'inherit' });
    const ended = once(child, 'exit');
    const begun = () => test.store.collection('steps').findOne({ begun: 'one' });
    try {
      await waitFor(begun, { message: 'the step has not begun' });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    const clock = createManualClock(systemClock.nowMs());
    const [second, third] = [1, 2].map(() => run([step('one')], clock));
    await clock.advance(LEASE_MS / 2);
    expect(done).toEqual([]);
    await moving(clock, Promise.all([second, third]));
    expect(done).toEqual(['one']);
  });

  it('may take longer than the lease, which their process renews', async () => {
    const clock = createManualClock(systemClock.nowMs());
    let end = () => {};
    const slow: Migration = {
      id: 'slow',
      up: async () => {
        done.push('slow');
        await new Promise<void>((resolve) => {
          end = resolve;
        });
      },
    };
    const first = run([slow], clock);
    await waitFor(() => done.length === 1, { message: 'the step has not begun' });
    const second = run([slow], clock);
    const startedMs = clock.nowMs();
    const isLate = async () => clock.nowMs() > startedMs + 3 * LEASE_MS;
    await moving(clock, waitFor(isLate, { message: 'time stands still' }));
    end();
    await moving(clock, Promise.all([first, second]));
    expect(done).toEqual(['slow']);
  });

  /** Lets time go on, no faster than the database can follow, until something has ended. */
  async function moving<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
    let isOver = false;
    void work.finally(() => {
      isOver = true;
    });
    const step = async () => {
      await clock.advance(250);
      await test.store.canWrite(5_000);
      return isOver;
    };
    await waitFor(step, { message: 'it does not end' });
    return work;
  }

  function run(steps: readonly Migration[], clock: Clock = systemClock): Promise<readonly string[]> {
    return migrate({ db: test.store.db, clock, chance: systemChance, log: createLog('silent') }, steps);
  }

  function step(id: string, durationMs = 0): Migration {
    return {
      id,
      up: async () => {
        await systemClock.sleep(durationMs);
        done.push(id);
      },
    };
  }
});
