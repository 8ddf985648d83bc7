import { runCli } from '../../../src/cli/run-cli.js';
import { DECISIONS } from '../../../src/records/types.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let ids: string[];

beforeAll(async () => {
  stack = await startStack();
  group = stack.tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
  ids = Array.from({ length: 12 }, (_, index) => {
    const mail = `crew${index}@kiwipower.test`;
    const properties = { displayName: `Crew ${index}`, givenName: 'Crew', mail, userPrincipalName: mail };
    const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
    stack.tenant.directory.addMember(group, id);
    return id;
  });
});

afterAll(() => stack?.close());

/** Runs one command with --json beside the running service. */
async function ghs(...argv: string[]) {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => undefined } };
  const { simulator, services, url } = stack;
  const env = {
    ...{ LOG_LEVEL: 'silent', MONGODB_URI: services.mongodbUri, PUBLIC_URL: url },
    ...{ AZURE_CLIENT_ID: simulator.clientId, AZURE_CLIENT_SECRET: simulator.clientSecret },
    ...{ AZURE_AUTHORITY_HOST: simulator.url, GRAPH_BASE_URL: simulator.url },
    APP_SECRET: 'a-secret-for-tests-that-is-long-enough',
  };
  const code = await runCli([...argv, '--json'], { ...io, env });
  return { code, document: JSON.parse(stdout) };
}

async function done(...argv: string[]) {
  const { code, document } = await ghs(...argv);
  if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${code} ${JSON.stringify(document)}`);
  return document;
}

test('a plan is looked at, applied exactly, and undone', async () => {
  await done('teams', 'map', '--group', group, '--team', stack.teams['North'] ?? '');
  await done('integration', 'set', '--team-sync', 'off', '--start-with-team', stack.teams['North'] ?? '');
  const plan = await done('sync', 'now', '--dry-run');
  expect(plan.items.filter(({ kind }: { kind: string }) => kind === 'create')).toHaveLength(12);
  const run = await done('sync', 'now', '--plan', plan.id);
  expect(run).toMatchObject({ status: 'succeeded', counts: { created: 12 }, items: [] });
  expect(await done('undo', 'run', run.id, '--reason', 'too early')).toMatchObject({ people: 12, skipped: [] });
  expect((await done('people', 'list')).items).toEqual([]);
  expect((await done('decisions', 'list', '--verdict', 'declined')).items).toHaveLength(12);
  expect(await done('decisions', 'release', '--all')).toEqual({ decided: 12 });
  await done('integration', 'set', '--team-sync', 'on');
  await done('sync', 'now', '--wait');
  expect((await done('people', 'list')).items).toHaveLength(12);
});

test('what the guard holds is listed, approved one by one with its value, or all at once', async () => {
  for (const id of ids.slice(0, 6)) stack.tenant.directory.updateUser(id, { accountEnabled: false });
  const held = () => stack.services.store.collection(DECISIONS).countDocuments({ verdict: 'held' });
  await waitFor(async () => (await held()) === 6, { message: 'not held' });
  const { items } = await done('decisions', 'list', '--verdict', 'held');
  const [{ id, value }] = items;
  const changed = await ghs('decisions', 'approve', id, '--value', 'another');
  expect(changed).toMatchObject({ code: 1, document: { error: { code: 'value_changed', field: 'value' } } });
  expect(await done('decisions', 'approve', id, '--value', value)).toEqual({ decided: 1 });
  expect(await done('decisions', 'refuse', '--all', '--subject', 'archive')).toEqual({ decided: 5 });
  const archived = async () => (await done('people', 'list', '--status', 'archived')).items.length;
  await waitFor(async () => (await archived()) === 1, { message: 'not archived' });
});

test.each([
  ['neither a decision nor --all', ['decisions', 'approve'], 2, 'decision'],
  ['a decision and --all', ['decisions', 'approve', 'x', '--all'], 2, 'decision'],
  ['a verdict that does not exist', ['decisions', 'list', '--verdict', 'maybe'], 2, 'verdict'],
  ['a plan and a dry run', ['sync', 'now', '--dry-run', '--plan', 'x'], 2, 'plan'],
  ['a plan that does not exist', ['sync', 'now', '--plan', 'x'], 1, 'plan'],
  ['a problem that is gone', ['problems', 'ignore', '--problem', 'x'], 1, 'problem'],
  ['an undo of nobody', ['undo', 'person', 'nobody@kiwi.test'], 1, 'person'],
  ['an undo since no instant', ['undo', 'person', 'crew1@kiwipower.test', '--since', 'yesterday'], 2, 'since'],
  ['an undo of no run', ['undo', 'run', 'x'], 1, 'run'],
  ['a team that was started with too late', ['integration', 'set', '--start-with-team', 'x'], 1, 'startWithTeam'],
] as const)('%s is refused with the field', async (_name, argv, code, field) => {
  const answer = await ghs(...argv);
  expect(answer).toMatchObject({ code, document: { error: { field, message: expect.any(String) } } });
});
