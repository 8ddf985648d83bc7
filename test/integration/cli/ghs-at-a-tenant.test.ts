import { runCli } from '../../../src/cli/run-cli.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server/start-simulator.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

type Env = Readonly<Record<string, string>>;

/** Runs one command with --json and answers its one document. */
async function ghs(env: Env, ...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  };
  const code = await runCli([...argv, '--json'], { ...io, env: { LOG_LEVEL: 'silent', ...env } });
  return { code, stderr, document: JSON.parse(stdout) };
}

function addPerson(tenant: Tenant, name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const attributes = { displayName: name, givenName: name, surname: 'Tester', mail, userPrincipalName: mail };
  return tenant.directory.createUser({ ...attributes, accountEnabled: true, userType: 'Member' }).objectId;
}

function microsoftEnv(simulator: Simulator): Env {
  return {
    AZURE_CLIENT_ID: simulator.clientId,
    AZURE_CLIENT_SECRET: simulator.clientSecret,
    AZURE_AUTHORITY_HOST: simulator.url,
    GRAPH_BASE_URL: simulator.url,
    APP_SECRET: 'a-secret-for-tests-that-is-long-enough',
  };
}

describe('ghs without a running service', () => {
  let test: TestStore;
  let simulator: Simulator;
  let tenant: Tenant;
  let env: Env;
  let team: string;
  let aroha: string;
  beforeAll(async () => {
    test = await openTestStore();
    simulator = await startSimulator({ people: 0, groups: 0 });
    const [first] = simulator.world.tenants.values();
    if (!first) throw new Error('the simulator has no tenant');
    tenant = first;
    env = {
      ...microsoftEnv(simulator),
      ...{ MONGODB_URI: test.uri, PUBLIC_URL: 'http://127.0.0.1:9', LAG_DIRECTORY_MS: '0', RIPENING_MS: '0' },
    };
  });
  afterAll(async () => {
    await simulator.close();
    await test.drop();
  });

  async function done(...argv: string[]) {
    const { code, document, stderr } = await ghs(env, ...argv);
    if (code !== 0) throw new Error(`ghs ${argv.join(' ')}: ${JSON.stringify(document)} ${stderr}`);
    return document;
  }

  it('connects a tenant by attestation', async () => {
    await done('enterprise', 'create', '--name', 'Kiwi Power');
    const place = ['--zone', 'Pacific/Auckland', '--country', 'NZ'];
    const organisation = (await done('organisation', 'create', '--name', 'Lines', ...place)).id;
    team = (await done('team', 'create', '--organisation', organisation, '--name', 'North')).id;
    const attested = await done('integration', 'attest', '--tenant', tenant.id, '--reason', 'a test');
    expect(attested).toMatchObject({ connection: 'connected' });
    await done('integration', 'set', '--users-sync', 'on');
  });

  it('shows in a dry run what a sync would change, and changes nothing', async () => {
    const group = tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
    aroha = addPerson(tenant, 'Aroha');
    tenant.directory.addMember(group, aroha);
    await done('teams', 'map', '--group', group, '--team', team);
    const run = await done('sync', 'now', '--dry-run', '--here');
    expect(run).toMatchObject({ status: 'succeeded', writes: 0 });
    expect(run.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ person: aroha, kind: 'create' }),
        expect.objectContaining({ person: aroha, kind: 'join', team }),
      ]),
    );
    expect((await done('people', 'list')).items).toEqual([]);
  });

  it('does a sync in this process where no service is alive, and gives the tenant back', async () => {
    const run = await done('sync', 'now', '--here');
    expect(run).toMatchObject({ status: 'succeeded', counts: { seen: 1, created: 1 } });
    expect((await done('people', 'list')).items).toEqual([
      expect.objectContaining({ objectId: aroha, email: 'aroha@kiwipower.test', teams: [team] }),
    ]);
    expect(await done('sync', 'now', '--here')).toMatchObject({ status: 'succeeded', counts: { created: 0 } });
  });

  it('shows in a dry run what the next sync would change', async () => {
    const [group = ''] = (await done('teams', 'list')).items.map(({ groupId }: { groupId: string }) => groupId);
    tenant.directory.addMember(group, addPerson(tenant, 'Hemi'));
    tenant.directory.updateUser(aroha, { surname: 'Ngata' });
    const { items, counts } = await done('sync', 'now', '--dry-run', '--here');
    expect(counts).toMatchObject({ seen: 2, created: 1, updated: 1 });
    expect(items).toContainEqual(
      expect.objectContaining({ person: aroha, kind: 'update', field: 'lastName', before: 'Tester', after: 'Ngata' }),
    );
    expect((await done('people', 'list')).items).toHaveLength(1);
  });

  it('explains why somebody is in a team', async () => {
    const why = await done('people', 'why', 'aroha@kiwipower.test');
    expect(why).toMatchObject({
      objectId: aroha,
      scope: 'In scope: in a mapped group.',
      reading: { state: 'present' },
      groups: [{ name: 'Field crew', inEffect: true, mappings: [{ teamId: team }] }],
    });
    expect(why.ledger.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(['create', 'join']));
  });

  it('S37: merges a profile of before with the directory person, and says what is wrong with one that it cannot', async () => {
    const [group = ''] = (await done('teams', 'list')).items.map(({ groupId }: { groupId: string }) => groupId);
    const [organisation] = (await done('organisation', 'list')).items;
    const rangi = addPerson(tenant, 'Rangi');
    const old = await done('people', 'add', '--organisation', organisation.id, '--email', 'rangi@kiwipower.test');
    tenant.directory.addMember(group, rangi);
    expect(await done('sync', 'now', '--here')).toMatchObject({ status: 'succeeded_with_errors' });

    const reason = ['--reason', 'one person'];
    const merged = await done('people', 'merge', 'rangi@kiwipower.test', '--with', rangi, ...reason);
    expect(merged).toMatchObject({ id: old.id, objectId: rangi, status: 'invited' });
    await done('sync', 'now', '--here');
    const shown = await done('people', 'show', rangi);
    expect(shown).toMatchObject({ id: old.id, firstName: 'Rangi' });
    expect(shown.problems.map(({ code }: { code: string }) => code)).not.toContain('duplicate_email');
    const ledger = (await done('people', 'why', rangi)).ledger;
    expect(ledger.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(['link', 'join']));

    const again = await ghs(env, 'people', 'merge', 'rangi@kiwipower.test', '--with', aroha, ...reason);
    expect(again).toMatchObject({ code: 1, document: { error: { code: 'already_linked', field: 'person' } } });
    expect(await ghs(env, 'people', 'merge', old.id, '--with', rangi)).toMatchObject({ code: 2 });
  });

  it('S40: shows the groups through which somebody was seen, beside the teams that came of it', async () => {
    const shown = await done('people', 'show', aroha);
    const [group] = shown.groups;
    expect(shown.groups).toMatchObject([
      { name: 'Field crew', state: 'ok', inEffect: true, mappings: [{ teamId: team }] },
    ]);
    expect(shown.teams).toMatchObject([{ id: team, reason: 'mapping', groups: [group.id] }]);
  });

  it('S41: lists each team mapping with its status, and breaks those of a team that is deleted', async () => {
    const [before] = (await done('teams', 'list')).items;
    expect(before).toMatchObject({ teamId: team, status: 'ok', reason: null, group: 'ok' });
    expect(before.memberCount).toBeGreaterThan(0);
    const deleted = await done('team', 'delete', '--team', team);
    expect(deleted).toEqual({ id: team, members: expect.any(Number), brokenMappings: [before.id] });
    const [after] = (await done('teams', 'list')).items;
    expect(after).toMatchObject({ id: before.id, status: 'team_missing', teamName: null, organisationId: null });
    expect(after.remedy).toContain('another team');
    const { document: doctor } = await ghs(env, 'doctor');
    expect(doctor.checks).toContainEqual({
      ...{ id: 'team_mappings', ok: false },
      detail: expect.stringContaining(`${before.id} team_missing`),
    });
    expect(await done('people', 'show', aroha)).toMatchObject({ teams: [], groups: [{ name: 'Field crew' }] });
    const again = await ghs(env, 'team', 'delete', '--team', team);
    expect(again).toMatchObject({ code: 1, document: { error: { code: 'team_not_found', field: 'team' } } });
  });

  it('says that a subscription cannot be made while nobody answers at our address', async () => {
    const { code, document } = await ghs(env, 'subscriptions', 'create');
    expect(code).toBe(1);
    expect(document).toMatchObject({ created: [], left: ['users', 'groups'] });
  });
});

describe('ghs beside a running service', () => {
  let stack: Stack;
  let env: Env;
  beforeAll(async () => {
    stack = await startStack();
    env = { ...microsoftEnv(stack.simulator), MONGODB_URI: stack.services.mongodbUri, PUBLIC_URL: stack.url };
    await waitFor(async () => (await active()).length === 2, { message: 'no subscriptions' });
  });
  afterAll(() => stack.close());

  interface Item {
    id: string;
    kind: string;
    state: string;
    outcome: string;
    expiresAt: string;
  }

  async function active(): Promise<Item[]> {
    const { document } = await ghs(env, 'subscriptions', 'list');
    return document.items.filter(({ state }: Item) => state === 'active');
  }

  it('finds everything in order', async () => {
    const { code, document } = await ghs(env, 'doctor');
    expect(document.checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([]);
    expect({ code, ok: document.ok }).toEqual({ code: 0, ok: true });
  });

  it('says which permission does not work', async () => {
    const error = { code: 'ErrorAccessDenied', message: 'Access is denied.' };
    const { faults, world } = stack.simulator;
    const [tenant] = world.tenants.values();
    const mail = 'mere@kiwipower.test';
    tenant?.directory.createUser({ displayName: 'Mere', mail, userPrincipalName: mail, accountEnabled: true });
    faults.add({ match: { path: '/calendarView' }, after: 0, times: 5, action: { status: 403, body: { error } } });
    const { code, document } = await ghs(env, 'doctor');
    faults.clear();
    const failing = document.checks.filter((check: { ok: boolean }) => !check.ok);
    expect(failing).toEqual([
      { id: 'read_calendars', ok: false, detail: expect.stringContaining('Grant Calendars.Read') },
    ]);
    expect(code).toBe(1);
  });

  it('lists the subscriptions by the ids that Graph knows', async () => {
    const known = [...stack.simulator.world.tenants.values()].length;
    expect(known).toBe(1);
    expect((await active()).map(({ kind }) => kind).sort()).toEqual(['groups', 'users']);
  });

  it('renews what Graph says ends soon, whatever we thought', async () => {
    const [users] = await active();
    const soon = new Date(Date.now() + 600_000).toISOString();
    const path = `${stack.simulator.url}/_control/subscriptions/${users?.id}`;
    const body = JSON.stringify({ expirationDateTime: soon });
    const changed = await fetch(path, { method: 'PATCH', body, headers: { 'content-type': 'application/json' } });
    expect(changed.status).toBeLessThan(300);

    const { code, document } = await ghs(env, 'subscriptions', 'renew');
    expect({ code, renewed: document.renewed, failed: document.failed }).toEqual({ code: 0, renewed: 1, failed: 0 });
    const renewed = document.items.find(({ id }: Item) => id === users?.id);
    expect(Date.parse(renewed.expiresAt) - Date.now()).toBeGreaterThan(20 * 86_400_000);
  });

  it('leaves one that Graph has lost to the service, which makes it anew', async () => {
    const before = await active();
    await fetch(`${stack.simulator.url}/_control/subscriptions/${before[0]?.id}`, { method: 'DELETE' });
    const { code, document } = await ghs(env, 'subscriptions', 'renew', '--due-within', '1s');
    expect({ code, failed: document.failed }).toEqual({ code: 0, failed: 0 });
    await waitFor(
      async () => {
        const now = await active();
        return now.length === 2 && !now.some(({ id }) => id === before[0]?.id);
      },
      { message: 'not made anew' },
    );
  });

  it('lists the jobs of the alarm clock', async () => {
    const { document } = await ghs(env, 'jobs');
    expect(document.items.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['reconcile-due', 'renew-subscriptions', 'catch-up', 'prune']),
    );
  });

  it('lets the service do a sync that is asked for with --here', async () => {
    const group = stack.tenant.directory.createGroup({ displayName: 'Crew' }).objectId;
    await ghs(env, 'teams', 'map', '--group', group, '--team', stack.teams['North'] ?? '');
    const { code, document, stderr } = await ghs(env, 'sync', 'now', '--here');
    expect({ code, status: document.status }).toEqual({ code: 0, status: 'succeeded' });
    expect(stderr).toContain('A service works on this tenant');
  });
});
