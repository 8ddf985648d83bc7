import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runCli } from '../../../src/cli/run-cli.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createPeople as createMirror } from '../../../src/mirror/people-store.js';
import { createProblems, problemWrites } from '../../../src/records/problems/problems.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const TENANT = '0aaaaaaa-1111-4111-8111-111111111111';
const GROUP = '0bbbbbbb-2222-4222-8222-222222222222';

const AZURE = {
  AZURE_CLIENT_ID: '0ccccccc-3333-4333-8333-333333333333',
  AZURE_CLIENT_SECRET: 'not-a-real-secret',
  AZURE_AUTHORITY_HOST: 'http://127.0.0.1:9',
  GRAPH_BASE_URL: 'http://127.0.0.1:9',
  PUBLIC_URL: 'http://127.0.0.1:9',
  APP_SECRET: 'a-secret-of-more-than-thirty-two-characters',
};

describe('ghs', () => {
  let test: TestStore;
  let env: Record<string, string>;
  beforeAll(async () => {
    test = await openTestStore();
    env = { MONGODB_URI: test.uri };
  });
  afterAll(() => test.drop());

  /** Runs one command with --json and answers its one document. */
  async function ghs(...argv: string[]) {
    let stdout = '';
    let stderr = '';
    const io = {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
    };
    const code = await runCli([...argv, '--json'], { ...io, env });
    return { code, stderr, document: JSON.parse(stdout) };
  }

  async function done(...argv: string[]) {
    const { code, document, stderr } = await ghs(...argv);
    if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)} ${stderr}`);
    return document;
  }

  async function refused(...argv: string[]) {
    const { code, document } = await ghs(...argv);
    expect(code).not.toBe(0);
    return document.error;
  }

  let enterprise: string;
  let organisation: string;
  let team: string;

  it('says what to do first where there is no enterprise', async () => {
    expect(await refused('organisation', 'list')).toMatchObject({ code: 'enterprise_not_found' });
  });

  it('makes an enterprise, an organisation and a team, each answered with its id', async () => {
    enterprise = (await done('enterprise', 'create', '--name', 'Acme')).id;
    const made = await done(
      'organisation',
      'create',
      '--name',
      'North',
      '--zone',
      'Pacific/Auckland',
      '--country',
      'NZ',
    );
    organisation = made.id;
    team = (await done('team', 'create', '--organisation', organisation, '--name', 'Drivers', '--settings', '{"x":1}'))
      .id;
    expect(await done('team', 'list')).toEqual({
      items: [{ id: team, organisation, name: 'Drivers', settings: { x: 1 } }],
      next: null,
    });
    expect(await done('enterprise', 'show')).toMatchObject({
      id: enterprise,
      connection: 'not_connected',
      organisations: [{ id: organisation, teams: [{ id: team }] }],
    });
  });

  it('tells a wrong value from something that stands in the way by its exit code', async () => {
    expect(await ghs('organisation', 'create', '--name', 'South', '--zone', 'Nowhere')).toMatchObject({ code: 2 });
    expect(await ghs('enterprise', 'create', '--name', 'ACME')).toMatchObject({
      code: 1,
      document: { error: { code: 'name_taken', field: 'name' } },
    });
  });

  it('takes people through their whole life', async () => {
    const names = ['--first-name', 'Ana', '--mobile-phone', '022 518 9900'];
    const ana = await done('people', 'add', '--organisation', organisation, '--email', 'Ana@example.com', ...names);
    expect(ana).toMatchObject({ status: 'invited', organisation, mobilePhone: '+64225189900', objectId: null });

    await done('people', 'edit', 'ana@example.com', '--add-team', team, '--first-name', '');
    await done('team', 'leader', '--team', team, '--person', ana.id);
    expect(await done('people', 'show', ana.id)).toMatchObject({
      firstName: null,
      teams: [{ id: team, name: 'Drivers', reason: 'manual', groups: [] }],
      effective: { x: 1, leaders: [ana.id] },
      problems: [],
      decisions: [],
    });
    expect(await done('people', 'list', '--team', team)).toEqual({
      items: [expect.objectContaining({ id: ana.id, objectId: null, email: 'Ana@example.com', teams: [team] })],
      next: null,
    });

    const again = ['people', 'add', '--organisation', organisation, '--email', 'ANA@example.com'];
    expect(await refused(...again)).toMatchObject({ code: 'duplicate_email', field: 'email' });
    expect(await done('people', 'archive', ana.id, '--reason', 'left')).toMatchObject({ status: 'archived' });
    await done(...again);
    expect(await refused('people', 'archive', ana.id, '--off')).toMatchObject({ code: 'duplicate_email' });

    const why = await done('people', 'why', ana.id);
    expect(why.ledger.map(({ kind }: { kind: string }) => kind)).toContain('archive');
    expect(why.ledger.find(({ kind }: { kind: string }) => kind === 'archive').cause).toMatchObject({
      by: 'person',
      reason: 'left',
    });
  });

  it('lists people page by page', async () => {
    const first = await done('people', 'list', '--limit', '1');
    expect(first.items).toHaveLength(1);
    const second = await done('people', 'list', '--limit', '1', '--after', first.next);
    expect(second.items[0].id).not.toBe(first.items[0].id);
    expect(second.next).toBeNull();
  });

  it('keeps the settings locked until a tenant is entered, and needs the Azure settings for that', async () => {
    expect(await refused('integration', 'set', '--users-sync', 'on')).toMatchObject({ code: 'not_connected' });
    expect(await refused('integration', 'connect', '--tenant', TENANT)).toMatchObject({ code: 'configuration' });
    env = { ...env, ...AZURE };
    expect(await refused('integration', 'connect', '--tenant', 'acme.example.com')).toMatchObject({
      code: 'invalid_tenant',
    });
    expect(await done('integration', 'connect', '--tenant', ` ${TENANT.toUpperCase()} `)).toMatchObject({
      tenantId: TENANT,
      url: expect.stringContaining('/connect/start?ticket='),
    });
  });

  it('S18, S19: changes settings and shows them in the status', async () => {
    const schedule = ['--frequency', 'weekly', '--day-of-week', '1', '--time', '02:30', '--zone', 'Pacific/Auckland'];
    await done('integration', 'set', '--users-sync', 'on', '--group-changes', 'next_sync', ...schedule);
    expect(await done('integration', 'status')).toMatchObject({
      connection: 'awaiting_proof',
      usersSync: true,
      groupChanges: 'next_sync',
      frequency: 'weekly',
      time: '02:30',
      verifiedUntil: { users: null, groups: null, calendars: null },
      held: 0,
      problems: 0,
      oldestChangeMs: null,
      paused: false,
    });
    const words = async () => {
      let stdout = '';
      const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => {} } };
      await runCli(['integration', 'status'], { ...io, env });
      return stdout;
    };
    expect(await words()).toMatch(/^lastSyncAt +Never$[\s\S]*^nextSyncAt +Not scheduled$/m);
    await done('integration', 'set', '--users-sync', 'off');
    expect(await words()).toMatch(/^nextSyncAt +Off$/m);
    await done('integration', 'set', '--users-sync', 'on');
    expect(await done('integration', 'pause')).toMatchObject({ paused: true });
    expect(await done('integration', 'resume')).toMatchObject({ paused: false });
  });

  it.each([
    [['--frequency', 'hourly'], 'frequency'],
    [['--time', '25:00'], 'time'],
    [['--zone', 'Mars/Olympus'], 'zone'],
    [['--day-of-week', '7'], 'dayOfWeek'],
    [['--day-of-month', '0'], 'dayOfMonth'],
    [['--frequency', 'monthly', '--day-of-month', '32'], 'dayOfMonth'],
  ])('bad input: integration set %j is bad usage of that field, and nothing is written', async (argv, field) => {
    const integrations = test.store.collection<{ _id: string }>('integrations');
    const before = await integrations.findOne({ _id: enterprise });
    const audited = await test.store.collection('settingsChanges').countDocuments({});
    const { code, document } = await ghs('integration', 'set', ...argv);
    expect({ code, field: document.error.field }).toEqual({ code: 2, field });
    expect(await integrations.findOne({ _id: enterprise })).toEqual(before);
    expect(await test.store.collection('settingsChanges').countDocuments({})).toBe(audited);
  });

  it('maps fields, of which the e-mail cannot be left unmapped', async () => {
    const { items } = await done('fields', 'set', '--country', 'usageLocation', '--mobile-phone', 'none');
    expect(items).toContainEqual({ target: 'country', source: 'usageLocation' });
    expect(items).toContainEqual({ target: 'mobilePhone', source: null });
    expect((await ghs('fields', 'set', '--email', 'none')).code).toBe(2);
    expect(await done('fields', 'list')).toEqual({ items, next: null });
  });

  it.each([
    ['--email', 'shoeSize', 'fields.email'],
    ['--last-name', 'mailboxSettings.timeZone', 'fields.lastName'],
    ['--country', 'organisation.timeZone', 'fields.country'],
  ])('S22: refuses %s %s by the name of the field, and writes nothing', async (option, attribute, field) => {
    const before = await done('fields', 'list');
    expect(await ghs('fields', 'set', '--first-name', 'displayName', option, attribute)).toMatchObject({
      code: 2,
      document: { error: { code: 'invalid_input', field } },
    });
    expect(await done('fields', 'list')).toEqual(before);
  });

  it("S26: previews a person, with the organisation's time zone where it is mapped, and refuses a wrong mapping", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ghs-'));
    const written = async (name: string, content: unknown) => {
      await writeFile(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const person = ['--file', await written('person.json', { givenName: 'Ana', mail: 'ana@example.com' })];
    const zone = ['--mapping', await written('zone.json', { timeZone: 'organisation.timeZone' })];
    const preview = await done('fields', 'preview', ...person, ...zone, '--organisation-zone', 'Pacific/Auckland');
    expect(preview.fields).toContainEqual({
      ...{ target: 'timeZone', source: 'organisation.timeZone', raw: 'Pacific/Auckland' },
      ...{ value: 'Pacific/Auckland', problem: null },
    });
    const wrong = ['--mapping', await written('wrong.json', { mobilePhone: 'organisation.timeZone' })];
    expect(await ghs('fields', 'preview', ...person, ...wrong)).toMatchObject({
      code: 2,
      document: { error: { field: 'mapping.mobilePhone' } },
    });
    const nowhere = await ghs('fields', 'preview', ...person, ...zone, '--organisation-zone', 'Mars/Olympus');
    expect(nowhere.document.error).toMatchObject({ field: 'organisationZone' });
    await rm(folder, { recursive: true });
  });

  it('maps groups to teams and refuses a sync with words until the connection is there', async () => {
    const mapping = await done('teams', 'map', '--group', GROUP.toUpperCase(), '--team', team);
    expect(mapping).toMatchObject({ groupId: GROUP, teamId: team, organisationId: organisation });
    expect((await done('teams', 'list')).items).toEqual([
      expect.objectContaining({ id: mapping.id, teamName: 'Drivers' }),
    ]);
    expect(await done('teams', 'priority', mapping.id, '--priority', '7')).toMatchObject({ priority: 7 });
    const pair = ['--group', GROUP.toUpperCase(), '--team', team];
    expect(await done('teams', 'priority', ...pair, '--priority', '3')).toEqual({ ...mapping, priority: 3 });
    expect((await done('teams', 'list')).items).toMatchObject([{ id: mapping.id, priority: 3 }]);
    expect((await ghs('teams', 'priority', mapping.id, '--priority', '-1')).document.error.field).toBe('priority');
    expect((await ghs('teams', 'priority', '--priority', '1')).document.error.field).toBe('mapping');
    const why = await refused('sync', 'now');
    expect(why).toMatchObject({ code: 'not_connected' });
    // A Tenant GUID is entered, but nobody has proved it: nobody can be read there.
    for (const argv of [
      ['people', 'sync', GROUP],
      ['problems', 'retry'],
    ])
      expect(await refused(...argv)).toEqual(why);
  });

  it('E77: tells what another tenant would end before anything is saved', async () => {
    const other = '0eeeeeee-5555-4555-8555-555555555555';
    const { code, document } = await ghs('integration', 'connect', '--tenant', other);
    expect({ code, error: document.error.code }).toEqual({ code: 1, error: 'tenant_change_unconfirmed' });
    expect(document.error.message).toMatch(/clears 1 team mapping.*duplicate_email.*--change-tenant/);
    expect(await done('integration', 'status')).toMatchObject({ tenantId: TENANT });
    expect((await done('teams', 'list')).items).toHaveLength(1);
  });

  it('queues a sync once connected, and answers the open one when asked again', async () => {
    await test.store
      .collection<{ _id: string }>('integrations')
      .updateOne({ _id: enterprise }, { $set: { connection: 'connected' } });
    const run = await done('sync', 'now');
    expect(run).toMatchObject({ trigger: 'manual', status: 'queued', code: null, startedAt: null, writes: 0 });
    const second = await ghs('sync', 'now');
    expect(second.document.id).toBe(run.id);
    expect(second.stderr).toContain('running already');
    expect((await done('runs', 'list')).items).toEqual([expect.objectContaining({ id: run.id })]);
    expect(await done('runs', 'show', run.id)).toMatchObject({ counts: { seen: 0 } });
    const waited = await refused('sync', 'now', '--wait', '--timeout', '1');
    expect(waited).toMatchObject({ code: 'run_timeout' });
    expect(await refused('runs', 'show', 'none-such')).toMatchObject({ code: 'run_not_found' });
  });

  describe('about somebody of the directory', () => {
    const objectId = '0ddddddd-4444-4444-8444-444444444444';
    beforeAll(async () => {
      await createMirror({ store: test.store }).enter(TENANT, [objectId]);
      const problem = { code: 'duplicate_email', severity: 'error', subject: null, message: 'm', remedy: 'r' } as const;
      const change = { enterpriseId: enterprise, objectId, userId: null, present: [], wanted: [problem] };
      const operations = problemWrites({ ...change, now: systemClock.now(), problemDelayMs: 60_000 });
      const problems = createProblems({ store: test.store, clock: systemClock });
      await test.store.transaction((session) => problems.write(operations, session));
    });

    it('lists a problem only once it is worth showing, unless asked', async () => {
      expect((await done('problems', 'list')).items).toEqual([]);
      expect((await done('problems', 'list', '--all')).items).toEqual([
        expect.objectContaining({ person: objectId, code: 'duplicate_email', message: 'm', remedy: 'r' }),
      ]);
      expect((await done('problems', 'list', '--all', '--code', 'held')).items).toEqual([]);
    });

    it('has people with problems tried again, without counting a notification', async () => {
      expect(await done('problems', 'retry', '--code', 'duplicate_email')).toEqual({ noted: 1 });
      expect((await done('changes', 'list')).items).toEqual([expect.objectContaining({ objectId, via: 'manual' })]);
      expect(await done('changes', 'stats')).toMatchObject({ accepted: 0, open: 0 });
    });

    it('explains a person that has no record yet', async () => {
      const why = await done('people', 'why', objectId);
      expect(why).toMatchObject({ id: null, objectId, reading: { state: 'unread' }, ledger: [] });
      expect(why.problems).toHaveLength(1);
    });

    it('notes a person to be read, by object id or by record', async () => {
      expect(await done('people', 'sync', objectId.toUpperCase())).toMatchObject({ objectId, noted: true });
      expect(await refused('people', 'sync', 'ana@example.com')).toMatchObject({ code: 'person_not_linked' });
    });

    it('asks for a look, and shows changes in words for people', async () => {
      expect(await done('changes', 'look')).toMatchObject({ tenantId: TENANT });
      let stdout = '';
      const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => {} } };
      expect(await runCli(['changes', 'list'], { ...io, env })).toBe(0);
      expect(stdout).toMatch(/^id +via +attempts/);
    });
  });

  it('tells of each part that is not in order, and ends with 1', async () => {
    const { code, document } = await ghs('doctor');
    expect(code).toBe(1);
    const byId = new Map(document.checks.map((check: { id: string; ok: boolean }) => [check.id, check.ok]));
    expect(Object.fromEntries(byId)).toMatchObject({
      configuration: true,
      database: true,
      notification_url: false,
      // Nobody has proved it: it is not asked for anything.
      tenant: false,
    });
    expect(byId.has('token')).toBe(false);
  });

  it('wants to know which enterprise as soon as there are two', async () => {
    const other = (await done('enterprise', 'create', '--name', 'Beta')).id;
    expect(await ghs('integration', 'status')).toMatchObject({ code: 2, document: { error: { field: 'enterprise' } } });
    expect(await done('integration', 'status', '--enterprise', other)).toMatchObject({ connection: 'not_connected' });
  });

  it('domain 4.5: disconnecting takes the choice about activities from calendars', async () => {
    const [acme] = (await done('enterprise', 'list')).items;
    const disconnect = ['integration', 'disconnect', '--enterprise', acme.id, '--calendar-activities'];
    const refused = { code: 2, document: { error: { field: 'calendarActivities' } } };
    expect(await ghs(...disconnect, 'perhaps')).toMatchObject(refused);
    expect(await done(...disconnect, 'cancel')).toMatchObject({ connection: 'not_connected' });
  });

  it('works as a process of its own, with nothing but the document on stdout', async () => {
    const root = join(dirname(require.resolve('../../../package.json')));
    const argv = ['--import', 'tsx', join(root, 'src/cli/main.ts'), 'enterprise', 'list', '--json'];
    const ownEnv = { PATH: process.env['PATH'] ?? '', MONGODB_URI: test.uri };
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root, env: ownEnv });
    expect(JSON.parse(stdout).items.map(({ name }: { name: string }) => name)).toEqual(['Acme', 'Beta']);
    expect(await test.store.collection<UserRow>(USERS).countDocuments({})).toBe(2);
  });
});
