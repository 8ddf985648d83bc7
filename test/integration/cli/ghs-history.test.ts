import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.js';
import { LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { openTestStore, type TestStore } from '../../support/database.js';

let database: TestStore;
let env: Record<string, string>;
let folder: string;
let enterprise: string;
let organisation: string;

beforeAll(async () => {
  database = await openTestStore();
  env = { MONGODB_URI: database.uri };
  folder = await mkdtemp(join(tmpdir(), 'ghs-history-'));
  enterprise = (await done('enterprise', 'create', '--name', 'Acme')).id;
  const zone = ['--zone', 'Pacific/Auckland', '--country', 'NZ'];
  organisation = (await done('organisation', 'create', '--name', 'North', ...zone)).id;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

async function run(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  };
  const code = await runCli(argv, { ...io, env });
  return { code, stdout, stderr };
}

async function ghs(...argv: string[]) {
  const { code, stdout, stderr } = await run(...argv, '--json');
  return { code, stderr, document: JSON.parse(stdout) };
}

async function done(...argv: string[]) {
  const { code, document, stderr } = await ghs(...argv);
  if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)} ${stderr}`);
  return document;
}

async function refused(...argv: string[]) {
  const { code, document } = await ghs(...argv);
  return { exit: code, ...document.error };
}

function ledger() {
  return database.store.collection<LedgerRow>(LEDGER);
}

test('who changed what is listed newest first, page by page, without a gap where instants are equal', async () => {
  await done('team', 'create', '--organisation', organisation, '--name', 'Drivers');
  await database.store.collection('settingsChanges').updateMany({}, { $set: { at: new Date('2026-01-02T00:00:00Z') } });
  const all = (await done('history', 'settings')).items;
  expect(all.length).toBeGreaterThanOrEqual(3);
  expect(all[0]).toEqual({
    ...{ id: expect.any(String), at: '2026-01-02T00:00:00.000Z', who: expect.stringMatching(/^cli:/) },
    ...{ what: expect.any(String), before: null, after: expect.anything() },
  });
  const paged: string[] = [];
  let after: string[] = [];
  for (;;) {
    const { items, next } = await done('history', 'settings', '--limit', '1', ...after);
    paged.push(...items.map(({ id }: { id: string }) => id));
    if (next === null) break;
    after = ['--after', next];
  }
  expect(paged).toEqual(all.map(({ id }: { id: string }) => id));
});

test('the ledger is listed by person and period', async () => {
  const ana = await done('people', 'add', '--organisation', organisation, '--email', 'ana@example.com');
  const ben = await done('people', 'add', '--organisation', organisation, '--email', 'ben@example.com');
  await done('people', 'edit', ana.id, '--first-name', '=Ana', '--reason', 'as she wrote');
  await ledger().updateMany({ userId: ben.id }, { $set: { at: new Date('2026-01-02T00:00:00Z') } });
  const about = (await done('history', 'ledger', '--person', 'ana@example.com')).items;
  expect(about.map(({ kind }: { kind: string }) => kind)).toEqual(['update', 'create']);
  expect(about[0]).toMatchObject({ user: ana.id, field: 'firstName', before: null, after: '=Ana' });
  const old = await done('history', 'ledger', '--since', '2026-01-01T00:00:00Z', '--until', '2026-01-03T00:00:00Z');
  expect(old.items.map(({ user }: { user: string }) => user)).toEqual([ben.id]);
  const end = await done('history', 'ledger', '--until', '2026-01-02T00:00:00Z');
  expect(end.items).toEqual([]);
});

test('the ledger is exported as CSV to a file, guarded, with the number of rows', async () => {
  const out = join(folder, 'ledger.csv');
  const rows = await ledger().countDocuments({ enterpriseId: enterprise });
  const argv = ['history', 'export', '--what', 'ledger', '--format', 'csv', '--out', out];
  expect(await done(...argv)).toEqual({ file: out, rows });
  const [header = '', ...lines] = (await readFile(out, 'utf8')).trimEnd().split('\r\n');
  expect(header.split(',').slice(0, 4)).toEqual(['id', 'at', 'user', 'person']);
  expect(lines).toHaveLength(rows);
  expect(lines.find((line) => line.includes('as she wrote'))).toContain(",'=Ana,");
  expect(await readdir(folder)).toEqual(['ledger.csv']);
});

test('an export goes to stdout as one document a line, and what was done is said on stderr', async () => {
  const { code, stdout, stderr } = await run('history', 'export', '--what', 'settings', '--format', 'ndjson');
  expect(code).toBe(0);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ what }) => what)).toContain('team.created');
  expect(stderr).toContain(`${rows.length} rows`);
});

test('runs are exported with their counts, those of other enterprises left out', async () => {
  const other = (await done('enterprise', 'create', '--name', 'Beta')).id;
  const blank = { trigger: 'manual', dry: false, status: 'failed', requestedAt: new Date(), finishedAt: new Date() };
  const runs = database.store.collection<{ _id: string }>('runs');
  await runs.insertMany([
    { _id: 'mine', enterpriseId: enterprise, ...blank, counts: { seen: 7 } } as { _id: string },
    { _id: 'theirs', enterpriseId: other, ...blank, counts: { seen: 9 } } as { _id: string },
  ]);
  const argv = ['history', 'export', '--what', 'runs', '--format', 'ndjson', '--enterprise', enterprise];
  const { stdout } = await run(...argv);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([expect.objectContaining({ id: 'mine', seen: 7, scheduledFor: null })]);
  const theirs = [
    'history',
    'export',
    '--what',
    'items',
    '--format',
    'csv',
    '--run',
    'theirs',
    '--enterprise',
    enterprise,
  ];
  expect(await refused(...theirs, '--out', join(folder, 'x'))).toMatchObject({ exit: 1, code: 'run_not_found' });
});

test('a run is shown with its items, a page at a time, of one code or person where asked', async () => {
  const about = { enterpriseId: enterprise, runId: 'mine', userId: null, severity: 'error', subject: 'email' };
  const words = { code: 'duplicate_email', message: 'm', remedy: 'r', at: new Date('2026-01-02T00:00:00Z') };
  const people = ['0aaaaaaa-1111-4111-8111-111111111111', '0bbbbbbb-1111-4111-8111-111111111111'];
  const rows = people.map((objectId) => ({ _id: `mine:${objectId}`, objectId, ...about, ...words }));
  await database.store.collection<{ _id: string }>('runProblems').insertMany(rows);
  const first = await done('runs', 'show', 'mine', '--limit', '1');
  expect(first).toMatchObject({
    id: 'mine',
    counts: { seen: 7 },
    items: [{ person: people[0], code: 'duplicate_email' }],
  });
  const second = await done('runs', 'show', 'mine', '--limit', '1', '--after', first.next);
  expect(second).toMatchObject({ items: [{ person: people[1], result: 'error', isOpen: false }], next: null });
  const asked = ['runs', 'show', 'mine', '--code', 'duplicate_email', '--person', people[1]?.toUpperCase() ?? ''];
  expect((await done(...asked)).items).toHaveLength(1);
  const { stdout } = await run('runs', 'show', 'mine', '--code', 'email_invalid');
  expect(stdout).toContain('Nothing matches.');
  const out = join(folder, 'items.ndjson');
  const wanted = ['history', 'export', '--what', 'items', '--format', 'ndjson', '--out', out];
  expect(await done(...wanted, '--enterprise', enterprise)).toEqual({ file: out, rows: 2 });
  await rm(out);
});

describe('what cannot be meant is refused, with the option that is wrong, and writes no file', () => {
  const csv = ['history', 'export', '--what', 'ledger', '--format', 'csv'];
  const late = ['--since', '2026-02-01T00:00:00Z', '--until', '2026-01-01T00:00:00Z'];
  test.each([
    ['an unknown format', ['history', 'export', '--what', 'ledger', '--format', 'xlsx'], 'bad_usage', 'format', 2],
    ['an unknown kind', ['history', 'export', '--what', 'people', '--format', 'csv'], 'bad_usage', 'what', 2],
    ['a document on stdout beside the export', csv, 'bad_usage', 'out', 2],
    ['a run of the settings', [...csv.with(3, 'settings'), '--run', 'x', '--out', 'x'], 'bad_usage', 'run', 2],
    ['a person of the runs', [...csv.with(3, 'runs'), '--person', 'x', '--out', 'x'], 'bad_usage', 'person', 2],
    ['a period that ends before it begins', [...csv, ...late, '--out', 'late.csv'], 'invalid_period', 'until', 2],
    ['the same of a list', ['history', 'ledger', ...late], 'invalid_period', 'until', 2],
    ['no instant', ['history', 'settings', '--since', 'yesterday'], 'bad_usage', 'since', 2],
    ['a cursor that is none', ['history', 'settings', '--after', '!'], 'invalid_cursor', 'after', 2],
    ['an unknown person', ['history', 'ledger', '--person', 'nobody@example.com'], 'person_not_found', 'person', 1],
    ['an unknown run', [...csv, '--run', 'none', '--out', 'x'], 'run_not_found', 'run', 1],
    ['a folder that does not exist', [...csv, '--out', '/no/such/folder/x.csv'], 'file_unwritable', 'out', 1],
    ['the export of an unknown person', ['people', 'export', 'nobody@example.com'], 'person_not_found', 'person', 1],
    ['an erasure without a reason', ['people', 'erase', 'ben@example.com'], 'bad_usage', 'reason', 2],
    ['an empty reason', ['people', 'erase', 'ben@example.com', '--reason', ' '], 'reason_missing', 'reason', 2],
    ['an unknown person to erase', ['people', 'erase', 'no@b.test', '--reason', 'x'], 'person_not_found', 'person', 1],
    ['erasing somebody in use', ['people', 'erase', 'ben@example.com', '--reason', 'x'], 'not_archived', 'person', 1],
  ])('%s', async (_what, argv, code, field, exit) => {
    const given = argv.map((word) =>
      /^(x|late\.csv)$/.test(word) && argv.includes('--out') ? join(folder, word) : word,
    );
    expect(await refused(...given, '--enterprise', enterprise)).toMatchObject({ code, field, exit });
    expect(await readdir(folder)).toEqual(['ledger.csv']);
  });
});

test('a person is exported and, once archived, erased for a reason that stays', async () => {
  const of = ['--enterprise', enterprise];
  const { record, ledger: written } = await done('people', 'export', 'ben@example.com', ...of);
  expect({ email: record.email, written: written.length }).toEqual({ email: 'ben@example.com', written: 1 });
  await done('people', 'archive', 'ben@example.com', ...of);
  const erased = await done('people', 'erase', 'ben@example.com', '--reason', 'asked for it', ...of);
  expect(erased).toMatchObject({ id: record._id, erased: { ledger: 2, record: 1 } });
  const [line] = (await done('history', 'settings', '--limit', '1', ...of)).items;
  expect(line).toMatchObject({ what: 'person.erased', after: { id: record._id, reason: 'asked for it' } });
  expect(await refused('people', 'why', 'ben@example.com', ...of)).toMatchObject({ code: 'person_not_found', exit: 1 });
});
