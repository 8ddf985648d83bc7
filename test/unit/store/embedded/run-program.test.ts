import { runProgram } from '../../../../src/store/embedded/run-program.js';

describe('running a program', () => {
  it('gives what it printed', async () => {
    const result = await runProgram('/bin/sh', ['-c', 'echo one; echo two >&2'], { limitMs: 5_000 });
    expect(result).toEqual({ code: 0, stdout: 'one\n', problem: '' });
  });

  it('names the last thing a failing program said', async () => {
    const result = await runProgram('/bin/sh', ['-c', 'echo first >&2; echo reason >&2; exit 3'], { limitMs: 5_000 });
    expect(result).toMatchObject({ code: 3, problem: 'reason' });
  });

  it('ends one that takes too long', async () => {
    const result = await runProgram('/bin/sh', ['-c', 'echo started; exec sleep 60'], { limitMs: 200 });
    expect(result).toMatchObject({ code: null, problem: 'took longer than 200 ms' });
  });

  it('ends one that stays silent, and lets one that speaks go on', async () => {
    const bounds = { limitMs: 5_000, firstOutputMs: 200 };
    const silent = await runProgram('/bin/sh', ['-c', 'exec sleep 60'], bounds);
    expect(silent).toMatchObject({ code: null, problem: 'no answer within 200 ms' });
    const speaking = await runProgram('/bin/sh', ['-c', 'echo here; exec sleep 0.5'], bounds);
    expect(speaking.code).toBe(0);
  });

  it('says that a program does not exist', async () => {
    const result = await runProgram('/nowhere/program', [], { limitMs: 1_000 });
    expect(result.problem).toContain('ENOENT');
  });
});
