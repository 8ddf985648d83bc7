import { runCli } from '../../../src/cli/run-cli.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER, type LedgerRow, USERS } from '../../../src/records/types.js';
import { FENCES, type FenceRow } from '../../../src/store/fence.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const START = '2030-03-01T21:00:00Z';
const FINISH = '2030-03-01T23:30:00.000Z';

let opened: TestStore;
let enterprise: string;
let organisation: string;
let people = 0;

beforeAll(async () => {
  opened = await openTestStore();
  enterprise = (await done('enterprise', 'create', '--name', 'Kiwi Power')).id;
  const zone = ['--zone', 'Pacific/Auckland', '--country', 'NZ'];
  organisation = (await done('organisation', 'create', '--enterprise', enterprise, '--name', 'Lines', ...zone)).id;
});

afterAll(() => opened?.drop());

/** Runs one command with --json and answers its one document. */
async function ghs(...argv: string[]) {
  let stdout = '';
  const sinks = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const code = await runCli([...argv, '--json'], { ...sinks, env: { MONGODB_URI: opened.uri } });
  return { code, document: JSON.parse(stdout) };
}

async function done(...argv: string[]) {
  const { code, document } = await ghs(...argv);
  if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)}`);
  return document;
}

async function refused(...argv: string[]) {
  const before = await everything();
  const { code, document } = await ghs(...argv);
  expect(code).not.toBe(0);
  expect(await everything()).toEqual(before);
  return [code, document.error.code, document.error.field];
}

async function everything() {
  const rows = (name: string) => opened.store.collection(name).find().sort({ _id: 1 }).toArray();
  return [await rows(USERS), await rows(ACTIVITIES), await rows(LEDGER)];
}

const of = () => ['--enterprise', enterprise];

async function person(): Promise<string> {
  people += 1;
  const email = `person${people}@example.com`;
  return (await done('people', 'add', '--organisation', organisation, '--email', email)).id;
}

function planned(who: string, start = START, finish = FINISH) {
  const times = ['--start', start, '--finish', finish];
  return done('activity', 'schedule', ...of(), '--person', who, '--name', ' Check the  poles ', ...times);
}

async function ledgerOf(activityId: string) {
  const rows = await opened.store.collection<LedgerRow>(LEDGER).find({ activityId }).sort({ at: 1, kind: 1 }).toArray();
  return rows.map(({ kind, before, after }) => ({ kind, before, after }));
}

test('a planned activity is started, alerted and finished, each act with its ledger entry and on the fence', async () => {
  const who = await person();
  const writes = async () =>
    (await opened.store.collection<FenceRow>(FENCES).findOne({ _id: enterprise }))?.writes ?? 0;
  const before = await writes();
  const { id } = await planned(who);
  expect(await done('activity', 'list', ...of(), '--person', who)).toEqual({
    items: [
      {
        ...{ id, person: who, name: 'Check the  poles', status: 'scheduled', alert: null },
        ...{ start: '2030-03-01T21:00:00.000Z', finish: FINISH, startedAt: null, finishedAt: null },
        ...{ type: null, cancelledReason: null, source: 'manual', destination: null, detached: false },
      },
    ],
    next: null,
  });
  expect(await done('activity', 'start', id, ...of())).toMatchObject({
    status: 'active',
    startedAt: expect.any(String),
  });
  expect(await done('activity', 'alert', id, ...of(), '--kind', 'panic')).toMatchObject({ alert: 'panic' });
  expect(await done('activity', 'finish', ...of(), '--person', who)).toMatchObject({
    ...{ id, status: 'finished', alert: null, finishedAt: expect.any(String) },
  });
  expect(await writes()).toBe(before + 4);
  expect(await ledgerOf(id)).toMatchObject([
    { kind: 'activity_create', before: null, after: { name: 'Check the  poles', status: 'scheduled' } },
    { kind: 'activity_update', before: { status: 'scheduled' }, after: { status: 'active' } },
    { kind: 'activity_update', before: { alert: null }, after: { alert: 'panic' } },
    { kind: 'activity_update', before: { status: 'active', alert: 'panic' }, after: { status: 'finished' } },
  ]);
});

test('somebody starts without a plan, once, and can be found by what is open', async () => {
  const who = await person();
  const { id } = await done('activity', 'start', ...of(), '--person', who, '--name', 'Storm damage');
  const open = await done('activity', 'list', ...of(), '--status', 'open');
  expect(open.items).toMatchObject([{ id, name: 'Storm damage', start: null }]);
  // A phone that did not hear the answer says it again.
  expect(await done('activity', 'start', id, ...of())).toMatchObject({ id, status: 'active' });
  expect(await refused('activity', 'start', ...of(), '--person', who)).toEqual([1, 'activity_running', 'person']);
  await done('activity', 'finish', id, ...of());
  await done('activity', 'finish', id, ...of());
  expect(await ledgerOf(id)).toHaveLength(2);
});

test('bad input is refused with the field that it is about, and nothing is written', async () => {
  const who = await person();
  const other = (await done('enterprise', 'create', '--name', 'Tasman Gas')).id;
  const home = ['--enterprise', other, '--name', 'Pipes', '--zone', 'UTC'];
  const elsewhere = (await done('organisation', 'create', ...home)).id;
  const stranger = (await done('people', 'add', '--organisation', elsewhere, '--email', 'x@example.com')).id;
  const over = (await done('activity', 'start', ...of(), '--person', who)).id;
  await done('activity', 'finish', over, ...of());
  const { id } = await planned(who);
  const gone = await person();
  const { id: theirs } = await planned(gone, '2020-01-01T00:00:00Z', '2020-01-01T01:00:00Z');
  await done('people', 'archive', gone, ...of());

  const schedule = (whom: string, start: string, finish: string, name = 'Poles') =>
    refused('activity', 'schedule', ...of(), '--person', whom, '--name', name, '--start', start, '--finish', finish);
  expect(await schedule(who, FINISH, START)).toEqual([2, 'invalid_input', 'finish']);
  expect(await schedule(who, START, START)).toEqual([2, 'invalid_input', 'finish']);
  expect(await schedule(who, '25:00', FINISH)).toEqual([2, 'bad_usage', 'start']);
  expect(await schedule(who, START, FINISH, ' ')).toEqual([2, 'invalid_input', 'name']);
  expect(await schedule(who, START, FINISH, 'x'.repeat(300))).toEqual([2, 'invalid_input', 'name']);
  expect(await schedule(stranger, START, FINISH)).toEqual([1, 'person_not_found', 'person']);
  expect(await schedule(gone, START, FINISH)).toEqual([1, 'person_archived', 'person']);
  expect(await refused('activity', 'start', ...of(), '--person', gone)).toEqual([1, 'person_archived', 'person']);
  expect(await refused('activity', 'start', theirs, ...of())).toEqual([1, 'person_archived', 'person']);
  expect(await refused('activity', 'start', over, ...of())).toEqual([1, 'activity_finished', 'activity']);
  expect(await refused('activity', 'start', ...of())).toEqual([2, 'bad_usage', 'activity']);
  expect(await refused('activity', 'start', id, '--enterprise', other)).toEqual([1, 'activity_not_found', 'activity']);
  expect(await refused('activity', 'finish', id, ...of())).toEqual([1, 'activity_not_started', 'activity']);
  expect(await refused('activity', 'finish', ...of(), '--person', who)).toEqual([1, 'activity_not_found', 'person']);
  const alert = (which: string, kind: string) => refused('activity', 'alert', which, ...of(), '--kind', kind);
  expect(await alert(id, 'hungry')).toEqual([2, 'invalid_input', 'kind']);
  expect(await alert(id, 'panic')).toEqual([1, 'alert_does_not_fit', 'kind']);
  expect(await alert(id, 'missed_start')).toEqual([1, 'alert_does_not_fit', 'kind']);
  expect(await alert(over, 'overdue')).toEqual([1, 'activity_finished', 'activity']);
});

test('E10: archiving by hand is refused while an activity is open, and cancels what is still to come', async () => {
  const who = await person();
  const { id: later } = await planned(who);
  const { id: missed } = await planned(who, '2020-01-01T00:00:00Z', '2020-01-01T01:00:00Z');
  const { id: running } = await done('activity', 'start', ...of(), '--person', who);
  expect(await refused('people', 'archive', who, ...of())).toEqual([1, 'activity_open', 'person']);
  await done('activity', 'finish', running, ...of());
  await done('people', 'archive', who, ...of());

  const { items } = await done('activity', 'list', ...of(), '--person', who);
  expect(items.map((item: { id: string; status: string }) => [item.id, item.status])).toEqual([
    [later, 'cancelled'],
    [missed, 'scheduled'],
    [running, 'finished'],
  ]);
  const entries = await opened.store.collection<LedgerRow>(LEDGER).find({ userId: who }).toArray();
  const archive = entries.find(({ kind }) => kind === 'archive');
  expect(entries.filter(({ kind }) => kind === 'activity_cancel')).toMatchObject([
    { activityId: later, at: archive?.at, cause: archive?.cause, before: { status: 'scheduled' } },
  ]);

  const back = await done('people', 'archive', who, ...of(), '--off');
  expect(back.status).toBe('invited');
  expect((await done('activity', 'list', ...of(), '--person', who, '--status', 'cancelled')).items).toHaveLength(1);
  expect(await refused('activity', 'start', later, ...of())).toEqual([1, 'activity_cancelled', 'activity']);
});

test('E10: a start that has passed keeps a person from being archived by hand, until somebody settles it', async () => {
  const who = await person();
  const around = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString()) as [string, string];
  const { id } = await planned(who, ...around);
  expect(await refused('people', 'archive', who, ...of())).toEqual([1, 'activity_open', 'person']);
  expect(await done('activity', 'finish', id, ...of())).toMatchObject({ status: 'finished', startedAt: null });
  expect((await done('people', 'archive', who, ...of())).status).toBe('archived');
});

test('an archived person can be missed: the alert of a planned start is raised and settled', async () => {
  const who = await person();
  const { id } = await planned(who, '2020-01-01T00:00:00Z', '2020-01-01T01:00:00Z');
  await done('people', 'archive', who, ...of());
  const alert = ['--kind', 'missed_start'];
  expect(await done('activity', 'alert', id, ...of(), ...alert)).toMatchObject({ alert: 'missed_start' });
  expect(await done('activity', 'finish', id, ...of())).toMatchObject({ status: 'finished', alert: null });
});

test('whoever waits for a planned start that has passed is noted when somebody settles it', async () => {
  const who = await person();
  const around = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString()) as [string, string];
  const { id } = await planned(who, ...around);
  const tenantId = systemChance.guid();
  const waiting = { tenantId, objectId: 'o1', waitsFor: [`activity:${who}`], at: systemClock.now() };
  await opened.store.collection<{ _id: string }>('people').insertOne({ _id: `${tenantId}:o1`, ...waiting });
  await done('activity', 'finish', id, ...of());
  expect(await opened.store.collection('changes').countDocuments({ tenantId, objectId: 'o1' })).toBe(1);
});

test('whoever waits for the end of an activity is noted by the finish, in its own transaction', async () => {
  const who = await person();
  const { id } = await done('activity', 'start', ...of(), '--person', who);
  const tenantId = systemChance.guid();
  const waiting = { tenantId, objectId: 'o1', waitsFor: [`activity:${who}`], at: systemClock.now() };
  await opened.store.collection<{ _id: string }>('people').insertOne({ _id: `${tenantId}:o1`, ...waiting });
  const noted = () => opened.store.collection('changes').countDocuments({ tenantId, objectId: 'o1' });
  await done('activity', 'alert', id, ...of(), '--kind', 'silent');
  expect(await noted()).toBe(0);
  await done('activity', 'finish', id, ...of());
  expect(await noted()).toBe(1);
});

test('what is open is written down as such, and nothing else is', async () => {
  const rows = await opened.store.collection<ActivityRow>(ACTIVITIES).find().toArray();
  const odd = rows.filter(({ status, alert, open }) => (status === 'active' || alert !== null) !== (open === true));
  expect(rows.length).toBeGreaterThan(5);
  expect(odd).toEqual([]);
});
