import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_FLAGS } from '../../scripts/stage/program-paths.js';
import { PROJECT } from './source-tree.js';

/** How a program of `dist` ended, run in plain Node with nothing in its environment. */
function run(program: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(PROJECT, 'dist', program);
  if (!existsSync(file)) throw new Error(`There is no dist/${program}: run npm run build first.`);
  const options = { env: { PATH: process.env['PATH'] ?? '' }, timeout: 20_000 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test('the built service starts as an ES module and says everything that its configuration lacks', async () => {
  const { code, stderr } = await run('src/main.js');
  expect(code).toBe(1);
  for (const name of ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'PUBLIC_URL', 'APP_SECRET'])
    expect(stderr).toContain(name);
});

test('the built tool of the operators answers without a database', async () => {
  const schedule = ['--frequency', 'daily', '--time', '02:30', '--zone', 'Pacific/Auckland'];
  const { code, stdout } = await run('src/cli/main.js', 'schedule', 'preview', ...schedule, '--count', '1', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs).toHaveLength(1);
});

test.each([
  'scripts/simulator.js',
  'scripts/bench/main.js',
  'scripts/kill/main.js',
  'scripts/soak/main.js',
  'scripts/smoke/main.js',
])('%s says how it is used', async (program) => {
  const { code, stdout, stderr } = await run(program, '--help');
  expect({ code, said: /usage/i.test(stdout + stderr) }).toEqual({ code: 0, said: true });
});

test.each([
  ['scripts/bench/main.js', ['renewal', '--subscription', '50']],
  ['scripts/kill/main.js', ['--round', '5']],
  ['scripts/soak/main.js', ['--minute', '1']],
  ['scripts/smoke/main.js', ['--kept']],
])('%s refuses an option that it does not know instead of doing something else', async (program, args) => {
  const { code, stderr } = await run(program, ...args);
  expect({ code, said: stderr }).toEqual({ code: 2, said: expect.stringMatching(/--[a-z]+ is not known/) });
});

test('the image, npm start and the benchmarks start the service in the same way', () => {
  const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8');
  const command = ['node', ...SERVICE_FLAGS, 'dist/src/main.js'];
  expect(JSON.parse(read('package.json')).scripts.start).toBe(command.join(' '));
  expect(JSON.parse(/^CMD (.*)$/m.exec(read('Dockerfile'))?.[1] ?? 'null')).toEqual(command);
});
