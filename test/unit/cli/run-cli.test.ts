import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.js';

/** Runs one command as an operator would, with nothing set up. */
async function ghs(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { code, stdout, stderr, document: () => JSON.parse(stdout) };
}

async function jsonFile(content: unknown): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ghs-cli-')), 'file.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('bad usage', () => {
  it.each([
    [['nonsense']],
    [['enterprise', 'nonsense']],
    [['enterprise', 'create', '--nonsense', '1']],
    [['enterprise', 'create', '--name']],
    [['enterprise', 'create']],
    [['people', 'show']],
    [['people', 'show', 'a', 'b']],
    [['schedule', 'preview', '--frequency', 'hourly', '--time', '02:30', '--zone', 'UTC']],
    [['schedule', 'preview', '--frequency', 'daily', '--time', '26:30', '--zone', 'UTC']],
    [['schedule', 'preview', '--frequency', 'daily', '--time', '02:30', '--zone', 'Nowhere/At_All']],
    [['schedule', 'preview', '--frequency', 'daily', '--time', '02:30', '--zone', 'UTC', '--from', '2026-01-01']],
    [['integration', 'set', '--users-sync', 'maybe']],
    [['fields', 'preview', '--file', '/nowhere/at-all.json']],
    [[]],
    [['people']],
  ])('ends %j with exit code 2, and in JSON with one error document', async (argv) => {
    const plain = await ghs(...argv);
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).not.toBe('');

    const json = await ghs(...argv, '--json');
    expect(json.code).toBe(2);
    expect(json.document()).toEqual({ error: expect.objectContaining({ code: expect.any(String) }) });
    expect(json.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('names the option that is wrong', async () => {
    const { document } = await ghs('schedule', 'preview', '--frequency', 'daily', '--zone', 'UTC', '--json');
    expect(document()).toEqual({ error: { code: 'bad_usage', field: 'time', message: '--time is missing.' } });
  });
});

describe('help', () => {
  const commandsIn = (help: string) => {
    const [, list = ''] = help.split(/^Commands:$/m);
    return [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  };

  it('is there for the tool, for every family and for every command', async () => {
    let leaves = 0;
    for (const family of commandsIn((await ghs('--help')).stdout)) {
      const { stdout } = await ghs(family, '--help');
      const paths = commandsIn(stdout).map((name) => [family, name]);
      for (const path of paths.length === 0 ? [[family]] : paths) {
        const help = await ghs(...path, '--help');
        expect(help).toMatchObject({ code: 0, stderr: '' });
        expect(help.stdout).toContain('--json');
        leaves += 1;
      }
    }
    expect(leaves).toBeGreaterThan(40);
  });

  it('stays one document in JSON', async () => {
    expect((await ghs('people', 'add', '--help', '--json')).document()).toEqual({ help: expect.any(String) });
  });
});

describe('schedule preview', () => {
  const daily = ['schedule', 'preview', '--frequency', 'daily', '--time', '02:30', '--zone', 'Pacific/Auckland'];

  it('lists the instants after the given one, without any database', async () => {
    const { code, document } = await ghs(...daily, '--from', '2026-09-25T14:30:00Z', '--count', '2', '--json');
    expect(code).toBe(0);
    expect(document()).toEqual({ runs: ['2026-09-26T14:30:00.000Z', '2026-09-27T13:30:00.000Z'] });
  });

  it('prints an instant a line for people', async () => {
    const { stdout } = await ghs(...daily, '--from', '2026-09-25T14:30:00Z', '--count', '1');
    expect(stdout).toBe('2026-09-26T14:30:00.000Z\n');
  });
});

describe('fields preview', () => {
  it('shows what the mappings make of a Graph user, without any database', async () => {
    const file = await jsonFile({ givenName: ' Ana ', mail: 'ana@example.com', mobilePhone: '022 518 9900' });
    const mapping = await jsonFile('\uFEFF{"lastName":"displayName"}');
    const argv = ['fields', 'preview', '--file', file, '--mapping', mapping, '--organisation-country', 'NZ', '--json'];
    const { code, document } = await ghs(...argv);
    expect(code).toBe(0);
    const fields: { target: string; source: string; value: string }[] = document().fields;
    const byTarget = new Map(fields.map((field) => [field.target, field]));
    expect(byTarget.get('firstName')).toMatchObject({ source: 'givenName', raw: ' Ana ', value: 'Ana' });
    expect(byTarget.get('lastName')).toMatchObject({ source: 'displayName', value: null });
    expect(byTarget.get('mobilePhone')).toMatchObject({ value: '+64225189900', problem: null });
  });
});
