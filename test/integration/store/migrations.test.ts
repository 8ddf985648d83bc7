import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { type Migration, migrate } from '../../../src/store/migrations.js';
import { openTestStore, type TestStore } from '../../support/database.js';

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

  function run(steps: readonly Migration[]): Promise<readonly string[]> {
    return migrate({ db: test.store.db, clock: systemClock, chance: systemChance, log: createLog('silent') }, steps);
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
