import { DEFAULT_CALENDAR_RULE } from '../../../src/projection/calendar/default-calendar-rule.js';
import type { NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';
import { at } from '../../support/calendar-scene.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let stack: PortalStack;
let base: string;
const people: Record<string, string> = {};

beforeAll(async () => {
  stack = await startPortalStack({ calendarSync: true });
  base = `/enterprises/${stack.enterpriseId}/integration`;
  const { directory } = stack.tenant;
  const crew = await fieldCrew(stack);
  const mailboxes = { Ana: { timeZone: 'New Zealand Standard Time', userPurpose: 'user' }, Ben: 'none' } as const;
  for (const [name, mailbox] of Object.entries(mailboxes)) {
    const mail = `${name.toLowerCase()}@kiwipower.test`;
    const rest = { displayName: name, givenName: name, userPrincipalName: mail, accountEnabled: true };
    people[name] = directory.createUser({ mail, ...rest }, mailbox).objectId;
    directory.addMember(crew, people[name]);
  }
  await stack.sync();
});
afterAll(() => stack?.close());

function event(subject: string, hours: number, given: Partial<NewEvent> = {}): void {
  const times = { start: at(hours), end: at(hours + 1) };
  stack.tenant.calendars.createEvent(people['Ana'] ?? '', { subject, ...times, showAs: 'busy', ...given } as NewEvent);
}

const activities = () => stack.api(`${base}/calendar-activities`, { as: 'reader' });
const change = (body: object, sending: object = {}) =>
  stack.api(`${base}/calendar-activities`, { method: 'PATCH', body, ...sending });

test('the rule is as by default, with what each organisation makes of calendars', async () => {
  const { body } = await activities();
  expect(body).toMatchObject({
    calendarSync: true,
    calendarStaleHours: 36,
    rule: DEFAULT_CALENDAR_RULE,
    horizonDays: 14,
  });
  expect(body.organisations).toMatchObject([
    { id: stack.organisationId, name: 'Lines', type: 'Calendar activity', needsApproval: false, rule: null },
  ]);
});

test('rule, exception and hours are saved at the version that was seen; wrong ones name their part', async () => {
  const { body: before } = await activities();
  const ifMatch = { headers: { 'if-match': `"${before.revision}"` } };
  const rule = { ...DEFAULT_CALENDAR_RULE, include: 'keyword', values: ['site visit'] };
  expect((await change({ rule }, { as: 'reader' })).status).toBe(403);
  expect((await change({ rule }, { as: 'foreign' })).status).toBe(404);
  const changed = await change({ rule, exceptions: { [stack.organisationId]: { minMinutes: 30 } } }, ifMatch);
  expect(changed.body).toMatchObject({ rule, organisations: [{ rule: { ...DEFAULT_CALENDAR_RULE, minMinutes: 30 } }] });
  expect((await change({ calendarStaleHours: 5 }, ifMatch)).status).toBe(412);
  const fieldOf = async (body: object) => (await change(body)).body.field;
  expect(await fieldOf({ rule: { ...rule, values: [] } })).toBe('rule.values');
  expect(await fieldOf({ rule: { minMinutes: 90, maxMinutes: 60 } })).toBe('rule.minMinutes');
  const wrong = { exceptions: { [stack.organisationId]: { showAs: [] } } };
  expect(await fieldOf(wrong)).toBe(`exceptions.${stack.organisationId}.showAs`);
  expect(await fieldOf({ calendarStaleHours: 0 })).toBe('calendarStaleHours');
  expect(await fieldOf({ exceptions: { nobody: {} } })).toBe('exceptions');
  const back = await change({ rule: {}, exceptions: { [stack.organisationId]: null } });
  expect(back.body).toMatchObject({ rule: DEFAULT_CALENDAR_RULE, organisations: [{ rule: null }] });
});

test('an organisation has its activity type and approval', async () => {
  const path = `${base}/calendar-activities/organisations/${stack.organisationId}`;
  const set = (body: object, as: 'admin' | 'reader' = 'admin') => stack.api(path, { method: 'PATCH', body, as });
  expect((await set({ type: 'Site visit' }, 'reader')).status).toBe(403);
  expect((await set({ type: 'Site visit', needsApproval: true })).body.organisations).toMatchObject([
    { type: 'Site visit', needsApproval: true },
  ]);
  expect((await set({ type: ' ' })).body.field).toBe('type');
  const row = await stack.services.structure.getOrganisation(stack.organisationId);
  expect(row.calendarActivities).toEqual({ type: 'Site visit', needsApproval: true });
  const others = `/enterprises/${stack.foreignEnterpriseId}/integration/calendar-activities/organisations/`;
  const foreign = { method: 'PATCH', body: { type: null }, as: 'foreign' } as const;
  expect((await stack.api(`${others}${stack.organisationId}`, foreign)).status).toBe(404);
});

test('a person shows what the saved rule would make of the calendar, and another one in its place', async () => {
  event('Site visit pole 7', 30);
  event('Lunch', 40, { showAs: 'free' });
  event('Stand-up', 50);
  const preview = async (given: object = {}) => {
    const body = { person: 'ana@kiwipower.test', ...given };
    return (await stack.api(`${base}/calendar-activities/preview`, { method: 'POST', body, as: 'reader' })).body;
  };
  expect(await preview()).toMatchObject({
    ...{ scope: 'in', problem: null },
    events: [
      { name: 'Site visit pole 7', activity: true, reasons: [] },
      { name: 'Lunch', activity: false, reasons: ['not_busy'] },
      { name: 'Stand-up', activity: true },
    ],
  });
  const tried = await preview({ rule: { include: 'keyword', values: ['site visit'] } });
  expect(tried.events.map(({ reasons }: { reasons: string[] }) => reasons)).toEqual([
    [],
    ['not_busy', 'rule'],
    ['rule'],
  ]);
  const own = await preview({ exceptions: { [stack.organisationId]: { minMinutes: 90 } } });
  expect(own.events[0].reasons).toEqual(['too_short']);
  expect(await preview({ rule: { include: 'category' } })).toMatchObject({ status: 400, field: 'rule.values' });
  expect((await activities()).body.rule).toEqual(DEFAULT_CALENDAR_RULE);
});

test('a rule can be tried before calendars are switched on', async () => {
  await change({ calendarSync: false });
  await stack.sync();
  const body = { person: 'ana@kiwipower.test' };
  const found = await stack.api(`${base}/calendar-activities/preview`, { method: 'POST', body });
  expect([found.body.scope, found.body.events.length]).toEqual(['in', 3]);
  await change({ calendarSync: true });
  await stack.sync();
});

test('whoever has no calendar, or is not from Entra, says so', async () => {
  const ask = async (person: string) =>
    (await stack.api(`${base}/calendar-activities/preview`, { method: 'POST', body: { person } })).body;
  expect((await ask('ben@kiwipower.test')).problem).toEqual(expect.any(String));
  const { enterpriseId, organisationId, services } = stack;
  const manual = { enterpriseId, organisationId, fields: { email: 'manual@kiwipower.test' } };
  await services.people.add(manual, { who: 'test' });
  expect(await ask('manual@kiwipower.test')).toMatchObject({ status: 409, code: 'not_in_entra', field: 'person' });
  expect(await ask('nobody@kiwipower.test')).toMatchObject({ status: 404, field: 'person' });
});

test('calendars are listed with the longest not verified first, and those without one apart', async () => {
  const list = async (query = '') => (await stack.api(`${base}/calendars${query}`, { as: 'reader' })).body;
  await waitFor(async () => (await list('?show=none')).items.length === 1, { message: 'Ben has no row' });
  expect((await list('?show=none')).items).toMatchObject([{ label: 'Ben', state: 'no_mailbox', stale: false }]);
  const calendars = stack.services.store.collection<{ _id: string }>('calendars');
  const row = (id: string, verifiedAt: Date | null) => ({
    ...{ _id: `${stack.tenant.id}:${id}`, tenantId: stack.tenant.id, objectId: id, state: 'ok', problem: null },
    ...{ events: [], problems: [], window: null, verifiedAt, dueAt: new Date('2100-01-01'), looks: 0 },
  });
  await calendars.insertMany([row('old', new Date('2020-01-01')), row('never', null), row('older', new Date(0))]);
  const pages: string[] = [];
  for (let after = ''; ; ) {
    const { items, next } = await list(`?limit=2${after}`);
    pages.push(...items.map(({ label, objectId }: { label: string | null; objectId: string }) => label ?? objectId));
    if (next === null) break;
    after = `&after=${encodeURIComponent(next)}`;
  }
  expect(pages).toEqual(['never', 'older', 'old', 'Ana']);
  const stale = (await list('?stale=true')).items;
  expect(stale.map(({ objectId }: { objectId: string }) => objectId)).toEqual(['never', 'older', 'old']);
});
