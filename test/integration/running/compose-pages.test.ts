import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { z } from 'zod';
import { documents } from '../../architecture/documents.js';
import { commands } from '../../architecture/named-in-code.js';
import { textOf, yamlOf } from './deploy-files.js';

const { services, secrets } = z
  .object({
    services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.unknown()).default({}) })),
    secrets: z.record(z.string(), z.unknown()),
  })
  .parse(yamlOf('compose.yaml'));
const processes = Object.keys(services).filter((name) => services[name]?.environment['ROLES'] !== undefined);

/** What is set in code on any page, a line that goes on in the next one as one. */
const lines = documents().flatMap(({ path, text }) => {
  const spans = text.replace(/\\\n|\|\n/g, ' ').match(/`[^`\n]+`|^ *(?:docker compose|\{|for each).*$/gm) ?? [];
  return spans.map((line) => ({ path, line: line.replace(/`/g, '').trim() }));
});

interface Call {
  readonly path: string;
  readonly verb: string;
  readonly options: readonly string[];
  /** What the verb is about: services, or a service with what it runs. */
  readonly words: readonly string[];
}

const calls: readonly Call[] = lines.flatMap(({ path, line }) =>
  [...line.matchAll(/docker compose ([a-z]+)([^|<>&;#]*)/g)].map(([, verb = '', rest = '']) => {
    const all = rest
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    const first = all.findIndex((word) => !word.startsWith('-'));
    const at = first < 0 ? all.length : first;
    return { path, verb, options: all.slice(0, at), words: all.slice(at) };
  }),
);

const about = ({ verb, words }: Call) => (['exec', 'run'].includes(verb) ? words.slice(0, 1) : words);

test('every service, secret and command that a page names for Compose is there', () => {
  expect(calls.length).toBeGreaterThan(15);
  const unknown = calls.flatMap((call) => about(call).filter((name) => name !== '$each' && !(name in services)));
  expect(unknown).toEqual([]);
  const files = documents().flatMap(({ text }) =>
    [...text.matchAll(/deploy\/secrets\/(\w+)/g)].map(([, name = '']) => name),
  );
  expect(files.filter((name) => !(name in secrets))).toEqual([]);
  const known = commands().map(({ name }) => name);
  const run = calls.flatMap(({ words }) => /main\.js (.+)$/.exec(words.join(' '))?.[1] ?? []);
  expect(run.filter((text) => !known.some((name) => `${text} `.startsWith(`${name} `)))).toEqual([]);
  const loops = lines.flatMap(({ line }) => /^for each in (.*); do$/.exec(line)?.[1] ?? []);
  expect(loops.map((each) => each.split(' ').sort())).toEqual(loops.map(() => [...processes].sort()));
});

test('whoever goes back to a backup with Compose starts no process before after-restore has run', () => {
  const [, section = ''] = /^## With Compose\n([\s\S]*?)^## /m.exec(textOf('docs/running/backup.md')) ?? [];
  const steps = section.split('\n').filter((line) => line.startsWith('docker compose '));
  const at = (what: RegExp) => steps.findIndex((step) => what.test(step));
  const stopped = at(/ stop /);
  expect(steps[stopped]?.split(' ').slice(3).sort()).toEqual([...processes].sort());
  const restored = at(/ run --rm --no-deps worker-1 node dist\/src\/cli\/main\.js after-restore$/);
  const started = at(/ up -d$/);
  expect([stopped, restored, started]).toEqual([...[stopped, restored, started]].sort((a, b) => a - b));
  expect(stopped).toBeGreaterThanOrEqual(0);
  const between = steps.slice(stopped + 1, started);
  expect(between.filter((step) => !/ run --rm (mongo-init|--no-deps worker-1)\b| exec -T mongo-1 /.test(step))).toEqual(
    [],
  );
});

test('a process is made anew where a page has it take over what stands in .env, and not only started again', () => {
  const again = calls.filter(({ verb, words }) => verb === 'restart' && words.some((name) => processes.includes(name)));
  expect(again).toEqual([]);
  const anew = calls.filter(
    ({ path, options }) => path.endsWith('rotation.md') && options.includes('--force-recreate'),
  );
  expect(anew.map(({ verb, options }) => [verb, ...options])).toEqual([
    ['up', '-d', '--wait', '--no-deps', '--force-recreate'],
  ]);
});

test('the upgrade asks whether a process is ready, in words that a shell and Node take', async () => {
  const [, script = ''] = /node -e "([^"]+)"/.exec(textOf('docs/running/upgrade.md')) ?? [];
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end('{"ok":true}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const ask = () => promisify(execFile)('sh', ['-c', `node -e "${script.replace('8081', `${port}`)}"`]);
    expect((await ask()).stdout).toBe('200 {"ok":true}\n');
    status = 503;
    await expect(ask()).rejects.toMatchObject({ code: 1, stdout: '503 {"ok":true}\n' });
  } finally {
    server.close();
  }
});
