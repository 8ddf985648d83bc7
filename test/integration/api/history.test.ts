import { LEDGER, USERS, type UserRow } from '../../../src/records/types.js';
import { type ApiSending, type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

let stack: PortalStack;
let first: string;
let taken: string;

beforeAll(async () => {
  stack = await startPortalStack();
  const { directory } = stack.tenant;
  const groupId = await fieldCrew(stack);
  const { enterpriseId, organisationId } = stack;
  taken = (
    await stack.services.people.add(
      { enterpriseId, organisationId, fields: { email: 'kiri@kiwipower.test' } },
      { who: 'test' },
    )
  )._id;
  for (const [givenName, mail] of [
    ['Aroha', 'aroha@kiwipower.test'],
    ['=1+1', 'sum@kiwipower.test'],
    ['Kiri', 'kiri@kiwipower.test'],
  ] as const) {
    const person = directory.createUser({ givenName, surname: 'Ngata', displayName: givenName, mail });
    directory.addMember(groupId, person.objectId);
  }
  first = (await stack.sync())._id;
});

afterAll(() => stack?.close());

const get = (path: string) => stack.api(`/enterprises/${stack.enterpriseId}${path}`, { as: 'reader' });
const post = (path: string, body: unknown, as: ApiSending['as'] = 'admin') =>
  stack.api(`/enterprises/${stack.enterpriseId}${path}`, { method: 'POST', body, as });

async function everything(path: string, query: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let after = '';
  do {
    const { status, body } = await get(`${path}?${query}${after}`);
    expect(status).toBe(200);
    items.push(...body.items);
    after = body.next === null ? '' : `&after=${encodeURIComponent(body.next)}`;
  } while (after !== '');
  return items;
}

test('runs are listed the latest first, page by page and by their status', async () => {
  const plan = await stack.sync({ dry: true });
  const ids = (await everything('/runs', 'limit=1')).map(({ id }) => id);
  expect(ids).toEqual([plan._id, first]);
  const failed = await get('/runs?status=failed');
  expect(failed.body).toEqual({ items: [], next: null });
  const wrong = await get('/runs?status=odd');
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_input', field: 'status' } });
});

test('a run shows what it did to people, to teams, and what stood in the way with what to do', async () => {
  const users = await everything(`/runs/${first}/items`, 'about=users&limit=1');
  expect(users.map(({ label, kind }) => [label, kind]).sort()).toEqual([
    ['=1+1 Ngata', 'create'],
    ['Aroha Ngata', 'create'],
  ]);
  const teams = await everything(`/runs/${first}/items`, 'about=teams');
  expect(teams.map(({ kind, team }) => [kind, team])).toEqual([
    ['join', stack.teams['North']],
    ['join', stack.teams['North']],
  ]);
  const errors = await everything(`/runs/${first}/items`, 'about=problems&severity=error');
  expect(errors).toEqual([
    expect.objectContaining({ code: 'duplicate_email', result: 'error', isOpen: true, remedy: expect.any(String) }),
  ]);
  expect(await everything(`/runs/${first}/items`, 'about=activities')).toEqual([]);
});

test('items of a run are found by the e-mail address of a person, and by the code of a problem', async () => {
  const about = await everything(`/runs/${first}/items`, 'person=aroha%40kiwipower.test');
  expect(new Set(about.map(({ label }) => label))).toEqual(new Set(['Aroha Ngata']));
  const blank = await everything(`/runs/${first}/items`, 'code=duplicate_email');
  expect(blank).toHaveLength(1);
  expect((await get(`/runs/${first}/items?person=nobody%40kiwipower.test`)).body.items).toEqual([]);
});

test('the ledger is read by person and time, with names', async () => {
  const about = await everything('/history/ledger', 'person=aroha%40kiwipower.test&limit=1');
  expect(new Set(about.map(({ person }) => person)).size).toBe(1);
  expect(about.at(-1)).toMatchObject({ label: 'Aroha Ngata', cause: { by: 'run', runId: first } });
  const byHand = await everything('/history/ledger', `person=${taken}`);
  expect(byHand).toMatchObject([
    { kind: 'create', label: 'kiri@kiwipower.test', cause: { by: 'person', who: 'test' } },
  ]);
  expect(await everything('/history/ledger', 'until=2020-01-01T00:00:00Z')).toEqual([]);
  const back = await get('/history/ledger?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z');
  expect(back).toMatchObject({ status: 400, body: { field: 'until' } });
  expect(await get('/history/ledger?person=nobody%40x.test')).toMatchObject({
    status: 404,
    body: { code: 'person_not_found', field: 'person' },
  });
});

test('who changed which setting is read newest first', async () => {
  await stack.api(`/enterprises/${stack.enterpriseId}/integration`, { method: 'PATCH', body: { time: '04:30' } });
  const [newest] = await everything('/history/settings', 'limit=2');
  expect(newest).toMatchObject({ who: 'token:test admin', after: { time: '04:30' } });
});

test('history is downloaded as CSV, whose cells cannot become formulas', async () => {
  const { status, headers, body: text } = await get(`/history/export?what=items&run=${first}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="?items-\d{4}-\d\d-\d\d\.csv"?$/);
  const [header = '', ...rows] = text.trimEnd().split('\r\n');
  expect(header.split(',').slice(0, 4)).toEqual(['run', 'at', 'person', 'label']);
  expect(rows.length).toBeGreaterThan(5);
  expect(text).toContain(",'=1+1 Ngata,");
  expect(text).not.toMatch(/(^|,)"?[=+@]/m);
});

test('an export that makes no sense is refused before a byte of it is sent', async () => {
  expect(await get('/history/export?what=runs&run=x')).toMatchObject({ status: 400, body: { field: 'run' } });
  expect(await get('/history/export?what=items&person=x')).toMatchObject({ status: 400, body: { field: 'person' } });
  expect(await get('/history/export?what=items&run=none')).toMatchObject({ status: 404, body: { field: 'run' } });
});

test('a run is undone once, what somebody changed since is left and told, and readers may not', async () => {
  expect(await post(`/runs/${first}/undo`, {}, 'reader')).toMatchObject({ status: 403 });
  const users = stack.services.store.collection<UserRow>(USERS);
  const aroha = await users.findOne({ emailKey: 'aroha@kiwipower.test' });
  if (!aroha) throw new Error('Aroha is not there');
  const ref = { enterpriseId: stack.enterpriseId, person: aroha._id };
  await stack.services.people.edit(ref, { addTeams: [stack.teams['South'] ?? ''] }, { who: 'test' });

  const { status, body } = await post(`/runs/${first}/undo`, { reason: 'too early' });
  expect(status).toBe(200);
  expect(body.undone).toBeGreaterThan(0);
  expect(body.left).toBe(body.skipped.length);
  expect(body.skipped).toContainEqual(
    expect.objectContaining({ label: expect.stringContaining('Aroha'), why: expect.any(String) }),
  );
  const undoes = await stack.services.store.collection(LEDGER).countDocuments({ undoes: { $exists: true } });
  expect(undoes).toBe(body.undone);
  const [line] = await everything('/history/settings', 'limit=1');
  expect(line).toMatchObject({ who: 'token:test admin', what: 'undo.run', after: { reason: 'too early' } });
  expect(await post('/runs/none/undo', {})).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
});
