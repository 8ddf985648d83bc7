import { CHANGES } from '../../../src/changes/change-document.js';
import { runCli } from '../../../src/cli/run-cli.js';
import { NOTICE_MESSAGES } from '../../../src/notices/types.js';
import { OUTBOX } from '../../../src/records/outbox/outbox-rows.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const GUID = '0aaaaaaa-1111-4111-8111-111111111111';
const TENANT = '0bbbbbbb-2222-4222-8222-222222222222';
const AZURE = {
  AZURE_CLIENT_ID: '0ccccccc-3333-4333-8333-333333333333',
  AZURE_CLIENT_SECRET: 'not-a-real-secret',
  PUBLIC_URL: 'http://127.0.0.1:9',
  APP_SECRET: 'a-secret-of-more-than-thirty-two-characters',
};

let test: TestStore;
/** Nobody is at home, unless a test starts somebody. */
let microsoft = { AZURE_AUTHORITY_HOST: 'http://127.0.0.1:9', GRAPH_BASE_URL: 'http://127.0.0.1:9' };
/** Of the enterprise that everything is asked of, and of the one next door. */
const own: Record<string, string> = {};
const next: Record<string, string> = {};

beforeAll(async () => {
  test = await openTestStore();
  for (const [ids, name] of [
    [own, 'Acme'],
    [next, 'Beta'],
  ] as const) {
    ids['enterprise'] = (await done('enterprise', 'create', '--name', name)).id;
    const zone = ['--zone', 'Pacific/Auckland', '--enterprise', ids['enterprise'] ?? ''];
    ids['organisation'] = (await done('organisation', 'create', '--name', 'North', ...zone)).id;
    ids['team'] = (await done('team', 'create', '--name', 'Crew', '--organisation', ids['organisation'] ?? '')).id;
    const person = ['--organisation', ids['organisation'] ?? '', '--email', `ana@${name.toLowerCase()}.example`];
    ids['person'] = (await done('people', 'add', ...person, '--enterprise', ids['enterprise'] ?? '')).id;
    const rows = ['message', 'notice'] as const;
    for (const kind of rows) ids[kind] = `${kind}-of-${name}`;
    const row = { enterpriseId: ids['enterprise'], state: 'parked', at: new Date() };
    await test.store.collection<{ _id: string }>(OUTBOX).insertOne({ _id: ids['message'] ?? '', ...row } as never);
    await test.store
      .collection<{ _id: string }>(NOTICE_MESSAGES)
      .insertOne({ _id: ids['notice'] ?? '', ...row } as never);
  }
  await test.store
    .collection<{ _id: string }>('integrations')
    .updateOne({ _id: own['enterprise'] ?? '' }, { $set: { tenantId: TENANT, connection: 'connected' } });
});
afterAll(() => test?.drop());

async function ghs(...argv: string[]) {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const code = await runCli([...argv, '--json'], { ...io, env: { MONGODB_URI: test.uri, ...AZURE, ...microsoft } });
  return { code, document: JSON.parse(stdout) };
}

async function done(...argv: string[]) {
  const { code, document } = await ghs(...argv);
  if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)}`);
  return document;
}

const ofOwn = () => ['--enterprise', own['enterprise'] ?? ''];

/** Commands about one thing of an enterprise, the thing's kind, and what is said where it is not there. */
const ABOUT: readonly (readonly [command: string, kind: string, code: string])[] = [
  ['outbox retry ID', 'message', 'message_not_found'],
  ['notices retry ID', 'notice', 'message_not_found'],
  ['changes retry ID', 'change', 'change_not_found'],
  ['team list --organisation ID', 'organisation', 'organisation_not_found'],
  ['calendar rule --organisation ID', 'organisation', 'organisation_not_found'],
  ['calendar rule --clear --organisation ID', 'organisation', 'organisation_not_found'],
  ['organisation set --needs-approval on --organisation ID', 'organisation', 'organisation_not_found'],
  ['people list --organisation ID', 'organisation', 'organisation_not_found'],
  ['people list --team ID', 'team', 'team_not_found'],
  ['team delete --team ID', 'team', 'team_not_found'],
  [`teams map --group ${GUID} --team ID`, 'team', 'team_not_found'],
  ['teams unmap ID', 'mapping', 'mapping_not_found'],
  ['teams priority ID --priority 1', 'mapping', 'mapping_not_found'],
  ['people show ID', 'person', 'person_not_found'],
  ['people edit ID --first-name x', 'person', 'person_not_found'],
  ['people archive ID', 'person', 'person_not_found'],
  ['people erase ID --reason x', 'person', 'person_not_found'],
  ['people why ID', 'person', 'person_not_found'],
  ['people export ID', 'person', 'person_not_found'],
  ['activity list --person ID', 'person', 'person_not_found'],
  ['activity finish --person ID', 'person', 'person_not_found'],
  ['activity finish ID', 'activity', 'activity_not_found'],
  ['activity approve ID', 'activity', 'activity_not_found'],
  ['activity remove ID', 'activity', 'activity_not_found'],
  ['outbox list --person ID', 'person', 'person_not_found'],
  ['problems retry --person ID', 'person', 'person_not_found'],
  ['problems ignore --problem ID', 'problem', 'problem_not_found'],
  ['problems link --problem ID', 'problem', 'problem_not_found'],
  ['decisions list --person ID', 'person', 'person_not_found'],
  ['decisions approve ID', 'decision', 'decision_not_found'],
  ['decisions release ID', 'decision', 'decision_not_found'],
  ['undo person ID', 'person', 'person_not_found'],
  ['undo run ID', 'run', 'run_not_found'],
  ['history export --what items --format csv --out never/written.csv --run ID', 'run', 'run_not_found'],
];

const argvOf = (command: string, id: string) => command.split(' ').map((word) => (word === 'ID' ? id : word));

it.each(ABOUT)(
  'ghs %s: what is not there, or is next door, is said and nothing is done',
  async (command, kind, code) => {
    for (const id of ['none-such', 'a\0b', '$gt', next[kind] ?? GUID]) {
      const answer = await ghs(...argvOf(command, id), ...ofOwn());
      expect({ id, ...answer }).toMatchObject({ code: 1, document: { error: { code, message: expect.any(String) } } });
    }
  },
);

it.each([
  ['team delete --team none-such', 'There is no team none-such in this enterprise. See: ghs team list'],
  ['people archive none-such', 'address "none-such". See: ghs people list'],
  ['undo run none-such', 'There is no run none-such in this enterprise. See: ghs runs list'],
])('ghs %s: what tells what there is, is said with it', async (command, words) => {
  const { document } = await ghs(...command.split(' '), ...ofOwn());
  expect(document.error.message).toContain(words);
});

it.each(ABOUT)('ghs %s: an empty id is bad usage', async (command) => {
  for (const id of ['', '  ']) {
    const { code, document } = await ghs(...argvOf(command, id), ...ofOwn());
    expect({ code, document }).toMatchObject({
      code: 2,
      document: { error: { message: expect.stringMatching(/ is empty\.$/) } },
    });
  }
});

it.each(['changes retry --code', 'decisions approve --all --subject'])(
  'ghs %s: empty is bad usage',
  async (command) => {
    expect(await ghs(...command.split(' '), '', ...ofOwn())).toMatchObject({ code: 2 });
  },
);

it.each([
  ['changes retry --code no_such_code', 'no change is parked that this is about'],
  ['decisions approve --all --subject no-such-subject', 'there is no decision that this is about'],
])('ghs %s: what is about nothing says so', async (command, words) => {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const env = { MONGODB_URI: test.uri, ...AZURE, ...microsoft };
  expect(await runCli([...command.split(' '), ...ofOwn()], { ...io, env })).toBe(0);
  expect(stdout).toContain(words);
});

it.each(['outbox retry', 'notices retry'])('ghs %s: one that is parked is sent again, once', async (command) => {
  const id = own[command === 'outbox retry' ? 'message' : 'notice'] ?? '';
  expect(await done(...command.split(' '), id, ...ofOwn())).toEqual({ retried: 1 });
  const again = await ghs(...command.split(' '), id, ...ofOwn());
  expect(again).toMatchObject({ code: 1, document: { error: { code: 'message_not_parked' } } });
  expect(await done(...command.split(' '), ...ofOwn())).toEqual({ retried: 0 });
  const parked = (collection: string) => test.store.collection(collection).countDocuments({ state: 'parked' });
  expect(await parked(command === 'outbox retry' ? OUTBOX : NOTICE_MESSAGES)).toBe(1);
});

it('a change that is not set aside is not opened again', async () => {
  const change = { tenantId: TENANT, kind: 'user', objectId: GUID, isParked: false };
  await test.store.collection<{ _id: string }>(CHANGES).insertOne({ _id: 'open', ...change } as never);
  const answer = await ghs('changes', 'retry', 'open', ...ofOwn());
  expect(answer).toMatchObject({ code: 1, document: { error: { code: 'change_not_parked' } } });
});

it.each(['list', 'renew', 'sweep'])('ghs subscriptions %s: a tenant is a GUID', async (name) => {
  for (const tenant of ['none-such', '', 'acme.example.com']) {
    const answer = await ghs('subscriptions', name, '--tenant', tenant);
    expect(answer).toMatchObject({ code: 2, document: { error: { field: 'tenant' } } });
  }
});

it.each(['list', 'renew'])(
  'ghs subscriptions %s: of a tenant that nobody has there is nothing to say',
  async (name) => {
    const answer = await ghs('subscriptions', name, '--tenant', GUID);
    expect(answer).toMatchObject({ code: 1, document: { error: { code: 'tenant_unknown' } } });
    expect(await done('subscriptions', name, '--tenant', `{${TENANT.toUpperCase()}}`)).toMatchObject({ items: [] });
  },
);

it('ghs subscriptions sweep: a tenant that lets nobody in is a failure of that tenant', async () => {
  const simulator = await startSimulator({ people: 0, groups: 0 });
  microsoft = { AZURE_AUTHORITY_HOST: simulator.url, GRAPH_BASE_URL: simulator.url };
  const { code, document } = await ghs('subscriptions', 'sweep', '--tenant', TENANT, '--dry-run');
  await simulator.close();
  expect({ code, items: document.items }).toMatchObject({
    code: 1,
    items: [{ tenantId: TENANT, failures: [expect.stringContaining('no such tenant')] }],
  });
});

it('ghs runs show: somebody who is nobody is not somebody of whom a run says nothing', async () => {
  const run = { enterpriseId: own['enterprise'], tenantId: TENANT, dry: false, status: 'succeeded', counts: {} };
  await test.store.collection<{ _id: string }>('runs').insertOne({ _id: 'a-run', ...run } as never);
  const answer = await ghs('runs', 'show', 'a-run', '--person', 'none-such');
  expect(answer).toMatchObject({ code: 1, document: { error: { code: 'person_not_found' } } });
  expect((await done('runs', 'show', 'a-run', '--person', GUID)).items).toEqual([]);
});

it.each(['admin disable', 'admin password', 'token revoke', 'subscriptions delete'])(
  'ghs %s: none such',
  async (command) => {
    expect(await ghs(...command.split(' '), 'none-such')).toMatchObject({
      code: 1,
      document: { error: { code: expect.stringMatching(/_not_found$/) } },
    });
    expect(await ghs(...command.split(' '), '')).toMatchObject({ code: 2 });
  },
);
