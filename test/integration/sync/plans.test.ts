import { RUN_ITEMS, RUNS, type RunItemRow, type RunRow } from '../../../src/reconciliation/types.js';
import { LEDGER, USERS, type UserRow } from '../../../src/records/types.js';
import { ownersLooked } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let groups: Record<'North' | 'South', string>;

beforeAll(async () => {
  stack = await startStack();
  const { directory } = stack.tenant;
  groups = {
    North: directory.createGroup({ displayName: 'North' }).objectId,
    South: directory.createGroup({ displayName: 'South' }).objectId,
  };
  for (const name of ['North', 'South'] as const) {
    const mapping = { groupId: groups[name], teamId: stack.teams[name] ?? '' };
    await stack.services.teamMappings.mapTeam(stack.enterpriseId, mapping, 'test');
  }
  await set({ teamSync: false });
  await ownersLooked();
});

afterAll(() => stack?.close());

function person(name: string, team: 'North' | 'South' = 'North'): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const id = stack.tenant.directory.createUser(properties).objectId;
  stack.tenant.directory.addMember(groups[team], id);
  return id;
}

const users = () => stack.services.store.collection<UserRow>(USERS);
const userOf = (objectId: string) => users().findOne({ 'entra.objectId': objectId });
const set = (patch: Parameters<Stack['services']['settings']['setSettings']>[1]) =>
  stack.services.settings.setSettings(stack.enterpriseId, patch, { by: 'test' });

async function apply(planId: string): Promise<RunRow> {
  const { runs } = stack.services;
  const request = { enterpriseId: stack.enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false } as const;
  const { run } = await runs.request({ ...request, planId });
  return runs.wait(run._id, { timeoutMs: 60_000 });
}

const items = (runId: string) =>
  stack.services.store.collection<RunItemRow>(RUN_ITEMS).find({ runId }).sort({ person: 1, kind: 1 }).toArray();

test('the first sync can begin with one team: nobody else is read in, planned or kept', async () => {
  const north = person('Nora');
  const south = person('Sam', 'South');
  await set({ startWithTeam: stack.teams['North'] ?? '' });
  const plan = await stack.sync({ dry: true });
  expect((await items(plan._id)).map((item) => item.person)).not.toContain(south);
  expect((await stack.sync()).counts).toMatchObject({ seen: 1, created: 1 });
  expect(await userOf(north)).not.toBeNull();
  expect(await userOf(south)).toBeNull();
  await expect(set({ startWithTeam: stack.teams['South'] ?? '' })).rejects.toMatchObject({
    code: 'already_started',
    field: 'startWithTeam',
  });
  await set({ startWithTeam: null });
  expect((await stack.sync()).counts).toMatchObject({ seen: 2, created: 1 });
  expect(await userOf(south)).not.toBeNull();
});

test('a plan is applied exactly; what came up since and what is gone is listed and left alone', async () => {
  await ownersLooked();
  const [planned, changing, gone] = ['Planned', 'Changing', 'Gone'].map((name) => person(name)) as [
    string,
    string,
    string,
  ];
  const plan = await stack.sync({ dry: true });
  expect(plan.counts.created).toBe(3);
  stack.tenant.directory.updateUser(changing, { surname: 'Other' });
  stack.tenant.directory.removeMember(groups.North, gone);
  const late = person('Late');
  const run = await apply(plan._id);
  expect(run).toMatchObject({ planId: plan._id, status: 'succeeded', counts: { created: 1 } });
  expect(await userOf(planned)).toMatchObject({ firstName: 'Planned' });
  expect(await Promise.all([changing, gone, late].map(userOf))).toEqual([null, null, null]);

  const rest = await items(run._id);
  const told = (id: string) => rest.filter((item) => item.person === id).map(({ kind, result }) => `${kind} ${result}`);
  expect(told(late)).toEqual(['create not_in_plan', 'join not_in_plan']);
  expect(told(gone)).toEqual(['create not_applied', 'join not_applied']);
  expect(told(changing)).toEqual(expect.arrayContaining(['create not_in_plan', 'create not_applied']));
  expect(told(planned)).toEqual([]);

  await stack.sync();
  expect(await userOf(late)).not.toBeNull();
});

test('whom the plan left out for a clash of addresses is not listed as come up since', async () => {
  const { services, enterpriseId, organisationId } = stack;
  const fields = { email: 'clashing@kiwipower.test' };
  await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  const clashing = person('Clashing');
  const plan = await stack.sync({ dry: true });
  const planned = (await items(plan._id)).filter((item) => item.person === clashing);
  expect(planned.map(({ kind }) => kind)).toEqual(['problem']);
  const run = await apply(plan._id);
  expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { created: 0 } });
  expect(await items(run._id)).toEqual([]);
  stack.tenant.directory.deleteUser(clashing, true);
});

test('what Graph tells while a plan is applied is not lost to the plan', async () => {
  const { changes, mirror } = stack.services;
  const id = person('Told');
  stack.tenant.directory.addMember(groups.South, id);
  await stack.sync();
  await set({ teamSync: true });
  stack.simulator.delivery.settings.loss = 1;
  // Switched on, everything is caught up with first.
  const caughtUp = async () => {
    const { askedAt, roundAt, pending } = await mirror.cursors.load(stack.tenant.id);
    return askedAt !== null && roundAt !== null && roundAt >= askedAt && pending === null;
  };
  await ownersLooked();
  await waitFor(caughtUp, { message: 'not caught up' });
  stack.tenant.directory.removeMember(groups.South, id);
  const plan = await stack.sync({ dry: true });
  const applied = apply(plan._id);
  const ripens = async () => {
    const row = (await mirror.people.load({ tenantId: stack.tenant.id, objectIds: [id] })).get(id);
    return row?.ripening !== null && row?.ripening !== undefined;
  };
  await waitFor(ripens, { message: 'the removal does not ripen', everyMs: 5 });
  stack.tenant.directory.updateUser(id, { surname: 'Later' });
  await changes.note([{ tenantId: stack.tenant.id, kind: 'user', objectId: id, via: 'notification', notified: 1 }]);
  expect(await applied).toMatchObject({ status: 'succeeded' });
  await waitFor(async () => (await userOf(id))?.lastName === 'Later', { message: 'lost' });
  // Whichever of the two looked when the removal was ripe has removed them.
  expect((await userOf(id))?.memberships.map(({ teamId }) => teamId)).toEqual([stack.teams['North']]);
  stack.simulator.delivery.settings.loss = 0;
  await set({ teamSync: false });
});

test('a dry run writes nothing but its plan, and shows each person, field, before, after and why', async () => {
  const id = person('Vera');
  await stack.sync();
  await ownersLooked();
  stack.tenant.directory.updateUser(id, { surname: 'New' });
  const before = {
    users: await users().find({}).toArray(),
    ledger: await stack.services.store.collection(LEDGER).countDocuments(),
  };
  const plan = await stack.sync({ dry: true });
  expect(plan).toMatchObject({ writes: 0, counts: { updated: 1 } });
  const [item] = (await items(plan._id)).filter(({ person: who, kind }) => who === id && kind === 'update');
  expect(item).toMatchObject({
    field: 'lastName',
    before: null,
    after: 'New',
    why: expect.stringContaining('surname'),
  });
  const after = {
    users: await users().find({}).toArray(),
    ledger: await stack.services.store.collection(LEDGER).countDocuments(),
  };
  expect(after).toEqual(before);
});

test('E7: a dry run shows whoever only a team that needs its leaders keeps from leaving', async () => {
  const { people } = stack.services;
  const { enterpriseId } = stack;
  const teamId = stack.teams['North'] ?? '';
  const leaders = ['Lia', 'Leo', 'Luz'].map((name) => person(name));
  await stack.sync();
  for (const who of leaders)
    await people.setLeader({ enterpriseId, person: who }, { teamId, on: true }, { who: 'test' });
  await ownersLooked();
  const leaving = leaders.slice(1);
  const moved = (who: string) => `moved-${who}@kiwipower.test`;
  for (const who of leaving) stack.tenant.directory.updateUser(who, { accountEnabled: false, mail: moved(who) });
  const planned = await items((await stack.sync({ dry: true }))._id);
  const told = planned.filter(({ person: who }) => leaving.includes(who));
  expect(new Set(told.map(({ person: who }) => who))).toEqual(new Set(leaving));
  const kept = told.filter(({ after }) => after === 'leader_removal_blocked');
  expect(kept).toHaveLength(1);
  // Who stays has the address of now, unless a notification has brought it already.
  const [who = ''] = kept.map(({ person: who }) => who);
  const isThere = (await users().findOne({ 'entra.objectId': who }))?.email === moved(who);
  const given = told.filter(({ person, field }) => person === who && field === 'email').map(({ after }) => after);
  expect(isThere ? [moved(who)] : given).toEqual([moved(who)]);
  for (const who of leaving) stack.tenant.directory.updateUser(who, { accountEnabled: true });
});

test('a dry run names whoever cannot be read, and its plan leaves them alone', async () => {
  const [unread, fine] = [person('Unread'), person('Fine')];
  await stack.sync();
  await ownersLooked();
  for (const who of [unread, fine]) stack.tenant.directory.updateUser(who, { givenName: null, surname: 'Kept' });
  const body = { error: { code: 'Request_BadRequest', message: 'no' } };
  stack.simulator.faults.add({
    match: { path: `/users/${unread}` },
    after: 0,
    times: 50,
    action: { status: 400, body },
  });
  const plan = await stack.sync({ dry: true });
  stack.simulator.faults.clear();
  expect(plan).toMatchObject({
    status: 'succeeded_with_errors',
    message: expect.stringContaining('could not be read'),
  });
  const told = (await items(plan._id)).filter(({ person: who }) => who === unread);
  expect(told).toMatchObject([{ kind: 'problem', severity: 'error', after: 'internal' }]);
  expect(told[0]?.why).toContain('could not be read');

  await apply(plan._id);
  expect(await userOf(unread)).toMatchObject({ firstName: 'Unread', lastName: null });
  expect(await userOf(fine)).toMatchObject({ firstName: null, lastName: 'Kept' });
  await stack.sync();
});

test('each planned activity that an applied plan did not cancel is listed by itself', async () => {
  const { activities } = stack.services;
  const { enterpriseId } = stack;
  const by = { who: 'rua' };
  await set({ removalBrakePercent: 100 });
  const who = person('Rua');
  await stack.sync();
  await ownersLooked();
  const ids: string[] = [];
  for (const name of ['One', 'Two', 'Three']) {
    const planned = { name, start: new Date('2040-01-01T00:00:00Z'), finish: new Date('2040-01-01T01:00:00Z') };
    ids.push((await activities.schedule({ enterpriseId, person: who }, planned, by)).id);
  }
  const [first = '', second = '', third = ''] = ids;
  stack.tenant.directory.updateUser(who, { accountEnabled: false });
  const planned = async () => (await stack.sync({ dry: true }))._id;
  const told = async (runId: string) =>
    (await items(runId)).filter((item) => item.person === who).map((item) => [item.kind, item.activity, item.result]);

  await activities.start({ enterpriseId, activity: first }, by);
  await activities.finish({ enterpriseId, activity: first }, by);
  const waiting = await planned();
  await activities.start({ enterpriseId, activity: second }, by);
  const inTheField = await told((await apply(waiting))._id);
  expect(inTheField).toHaveLength(3);
  const both = [second, third].map((id) => ['activity_cancel', id, 'not_applied']);
  expect(inTheField).toEqual(expect.arrayContaining([['archive', undefined, 'not_applied'], ...both]));

  await activities.finish({ enterpriseId, activity: second }, by);
  expect(await told((await apply(waiting))._id)).toEqual([['activity_cancel', second, 'not_applied']]);
  expect(await userOf(who)).toMatchObject({ status: 'archived' });
});

describe('a plan that cannot be applied is refused, and no run begins', () => {
  const cases: [string, string, () => Promise<string>][] = [
    ['an unknown one', 'plan_not_found', async () => 'no-such-run'],
    ['a run that is no plan', 'not_a_plan', async () => (await stack.sync())._id],
    [
      'one of yesterday',
      'plan_outdated',
      async () => {
        const { _id } = await stack.sync({ dry: true });
        const finishedAt = new Date(Date.now() - 25 * 3_600_000);
        await stack.services.store.collection<RunRow>(RUNS).updateOne({ _id }, { $set: { finishedAt } });
        return _id;
      },
    ],
    [
      'one of other settings',
      'plan_outdated',
      async () => {
        const { _id } = await stack.sync({ dry: true });
        await set({ includeGuests: true });
        return _id;
      },
    ],
  ];
  test.each(cases)('%s', async (_name, code, plan) => {
    const planId = await plan();
    const count = () => stack.services.store.collection(RUNS).countDocuments();
    const before = await count();
    await expect(apply(planId)).rejects.toMatchObject({ code, field: 'plan' });
    expect(await count()).toBe(before);
  });
});

test('an ignored problem and a clash kept apart are not shown, until they are others or released', async () => {
  const { people, problems, problemActs, decisionActs, decisions } = stack.services;
  const { enterpriseId, organisationId } = stack;
  const by = { who: 'maia' };
  await people.add({ enterpriseId, organisationId, fields: { email: 'kahu@kiwipower.test' } }, { who: 'admin' });
  const kahu = person('Kahu');
  const blank = person('Blank');
  await stack.sync();
  const of = (objectId: string, code: string) => problems.list(enterpriseId, { objectId, code });
  const [clash] = await of(kahu, 'duplicate_email');
  const [phone] = (await of(blank, 'field_blank')).filter(({ subject }) => subject === 'mobilePhone');
  await expect(problemActs.keepApart(enterpriseId, [phone?.id ?? ''], by)).rejects.toMatchObject({
    code: 'problem_about_one',
    field: 'problem',
  });
  await expect(problemActs.ignore(enterpriseId, ['gone'], by)).rejects.toMatchObject({ code: 'problem_not_found' });
  await problemActs.keepApart(enterpriseId, [clash?.id ?? ''], by);
  await problemActs.ignore(enterpriseId, [phone?.id ?? ''], by);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', counts: { failed: 0 } });
  expect(await of(kahu, 'duplicate_email')).toEqual([]);
  expect((await of(blank, 'field_blank')).map(({ subject }) => subject)).not.toContain('mobilePhone');
  expect(await userOf(kahu)).toBeNull();

  await expect(problemActs.link(enterpriseId, phone?.id ?? '', by)).rejects.toMatchObject({ field: 'problem' });
  const [apart] = await decisions.list(enterpriseId, { objectId: kahu });
  expect(apart).toMatchObject({ verdict: 'kept_apart' });
  await decisionActs.release(enterpriseId, { ids: [apart?.id ?? ''] }, by);
  await stack.sync();
  await waitFor(async () => (await of(kahu, 'duplicate_email')).length === 1, {
    message: 'the clash is not shown again',
  });
  const [again] = await of(kahu, 'duplicate_email');
  await problemActs.link(enterpriseId, again?.id ?? '', by);
  await stack.sync();
  expect(await userOf(kahu)).toMatchObject({
    firstName: 'Kahu',
    origin: 'manual',
    entra: { linkedBy: 'support_merge' },
  });
  expect(await of(kahu, 'duplicate_email')).toEqual([]);
});
