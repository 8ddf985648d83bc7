import { createManualClock } from '../../support/manual-clock.js';

describe('a clock moved by hand', () => {
  it('wakes sleepers in the order in which they are due, each at its own instant', async () => {
    const clock = createManualClock(0);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.nowMs()}`);
    };
    void sleeper('late', 300);
    void sleeper('early', 100);
    await clock.advance(200);
    expect(woken).toEqual(['early at 100']);
    expect(clock.nowMs()).toBe(200);
    await clock.advance(100);
    expect(woken).toEqual(['early at 100', 'late at 300']);
  });

  it('wakes one that goes back to sleep within the same move', async () => {
    const clock = createManualClock(0);
    let rounds = 0;
    void (async () => {
      for (;;) {
        await clock.sleep(10);
        rounds += 1;
      }
    })();
    await clock.advance(55);
    expect(rounds).toBe(5);
    expect(clock.sleeping()).toBe(1);
  });

  it('rejects a sleeper that is aborted', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const sleeping = clock.sleep(1_000, stop.signal);
    stop.abort(new Error('stopping'));
    await expect(sleeping).rejects.toThrow('stopping');
    expect(clock.sleeping()).toBe(0);
  });
});
