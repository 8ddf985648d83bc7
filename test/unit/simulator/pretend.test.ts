import { get } from 'node:http';
import { type Harness, startHarness, until } from './server-harness.js';

let harness: Harness;
/** The pages of the tenant, and the person of these tests. */
let tenant: string;
let id: string;

beforeEach(async () => {
  harness = await startHarness();
  tenant = `${harness.simulator.pretend}${harness.tenantId}`;
  const properties = { displayName: 'Māia Ngata', givenName: 'Māia', mail: 'maia@x.example', mobilePhone: '021 1' };
  id = world().directory.createUser(properties, {
    timeZone: 'New Zealand Standard Time',
    userPurpose: 'user',
  }).objectId;
});
afterEach(() => harness.close());

function world() {
  const found = harness.simulator.world.tenants.get(harness.tenantId);
  if (!found) throw new Error('no tenant');
  return found;
}

const user = () => world().view().user(id);

async function page(path: string) {
  const response = await fetch(`${tenant}${path}`);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** What a form sends; answers the page that it leads to. */
async function act(name: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${tenant}/people/${id}/${name}`, { method: 'POST', body, headers });
  return { status: response.status, url: response.url, text: await response.text() };
}

/** Every kind of thing that Graph tells of the tenant. */
async function heard(name: string, fields: Record<string, string>): Promise<unknown[]> {
  await harness.subscribe('users');
  await harness.subscribe('groups');
  await harness.subscribe(`users/${id}/events`, { changeType: 'created,updated,deleted' });
  await act(name, fields);
  await until(() => harness.receiver.items.length > 0);
  return harness.receiver.items.map(({ resource }) => resource);
}

test('every page says first that it is a simulation', async () => {
  for (const path of ['/people', `/people/${id}`, `/people/${id}/calendar`, '/people/nobody']) {
    const { text, headers } = await page(path);
    expect(text).toMatch(/<body>[\s\S]{0,200}Simulation – not Microsoft/);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'/);
  }
  const front = await fetch(harness.simulator.pretend);
  expect(front.url).toBe(`${tenant}/people`);
});

test('people are found by name, address or id', async () => {
  expect((await page('/people?search=ngata')).text).toContain(`/people/${id}"`);
  expect((await page('/people?search=MAIA%40x')).text).toContain(`/people/${id}"`);
  expect((await page(`/people?search=${id}`)).text).toContain(`/people/${id}"`);
  expect((await page('/people?search=nobody+at+all')).text).toContain('Nobody is found.');
});

test('another tenant is chosen by its name', async () => {
  await harness.close();
  harness = await startHarness({
    tenants: [
      { people: 2, groups: 0 },
      { people: 2, groups: 0 },
    ],
  });
  const [, other] = harness.simulator.tenants;
  const front = await (await fetch(harness.simulator.pretend)).text();
  expect(front).toContain(`<option value="${other?.id}">Fabrikam</option>`);
  const chosen = await fetch(`${harness.simulator.pretend}?tenant=${other?.id}`);
  expect(chosen.url).toContain(`/${other?.id}/people`);
});

test('properties are changed, and those left empty are cleared', async () => {
  const fields = { givenName: 'Mia', surname: 'Ngata', mobilePhone: '+64 21 555', country: ' New Zealand ', mail: '' };
  const { url, text } = await act('details', fields);
  expect(url).toContain('?done=details');
  expect(text).toContain('Saved.');
  const expected = {
    givenName: 'Mia',
    surname: 'Ngata',
    mobilePhone: '+64 21 555',
    country: 'New Zealand',
    mail: null,
  };
  expect(user()?.properties).toMatchObject(expected);
  expect(text).toContain('value="+64 21 555"');
});

test('an account is disabled and enabled again', async () => {
  expect((await act('disable')).text).toContain('The account is disabled.');
  expect(user()?.properties['accountEnabled']).toBe(false);
  await act('enable');
  expect(user()?.properties['accountEnabled']).toBe(true);
});

test('somebody is deleted and restored; nothing else can be done with them in between', async () => {
  const { text } = await act('delete');
  expect(user()?.deletedAtMs).not.toBeNull();
  expect(text).toContain('Restore</button>');
  const refused = await act('details', { givenName: 'Mia' });
  expect(refused.status).toBe(404);
  expect(refused.text).toContain('role="alert"');
  await act('restore');
  expect(user()?.deletedAtMs).toBeNull();
});

test('somebody is put into a group and taken out of it', async () => {
  const group = world().directory.createGroup({ displayName: 'Field crew' }).objectId;
  expect((await act('join', { group })).text).toContain('Take out of Field crew');
  expect(world().view().parentsOf(id)).toContain(group);
  await act('leave', { group });
  expect(world().view().parentsOf(id)).not.toContain(group);
  expect((await act('join', { group: '' })).text).toContain('Choose a group first.');
});

const events = () => world().calendars.view(id).all();
const ofEvent = () => ({ event: events()[0]?.id ?? '' });
/** Far enough ahead for every clock change, and within the 30 days that are shown. */
const at = (hours: number) => {
  const ms = harness.simulator.world.clock.nowMs() + hours * 3_600_000;
  return new Date(ms).toISOString().slice(0, 16);
};

test('an event is made in the zone of the mailbox, moved, renamed, made private and cancelled', async () => {
  const times = { start: at(48), end: at(50) };
  const made = await act('event-new', { subject: 'Pole check', ...times, showAs: 'oof' });
  expect(made.text).toContain('Pole check');
  const timeZone = 'New Zealand Standard Time';
  expect(events()[0]?.content).toMatchObject({
    ...{ subject: 'Pole check', showAs: 'oof', sensitivity: 'normal' },
    start: { dateTime: `${times.start}:00`, timeZone },
    end: { dateTime: `${times.end}:00`, timeZone },
  });

  await act('event-edit', { ...ofEvent(), subject: 'Line walk', start: at(72), end: at(73) });
  expect(events()[0]?.content).toMatchObject({ subject: 'Line walk', start: { dateTime: `${at(72)}:00`, timeZone } });
  expect((await act('event-private', ofEvent())).text).toContain('Not private any more');
  expect(events()[0]?.content.sensitivity).toBe('private');
  await act('event-public', ofEvent());
  expect(events()[0]?.content.sensitivity).toBe('normal');
  expect((await act('event-cancel', ofEvent())).text).toContain('Cancelled');
  expect(events()[0]?.content.isCancelled).toBe(true);
  await act('event-delete', ofEvent());
  expect(events()).toHaveLength(0);
});

test('what cannot be an event is refused with what to mend, and what was typed stays', async () => {
  const { status, text } = await act('event-new', { subject: 'Backwards', start: at(50), end: at(48), showAs: 'busy' });
  expect(status).toBe(400);
  expect(text).toContain('The event ends before it starts');
  expect(text).toContain('value="Backwards"');
  expect((await act('event-new', { subject: 'No times', showAs: 'busy' })).status).toBe(400);
  expect((await act('event-cancel', { event: 'unknown' })).status).toBe(404);
  expect(events()).toHaveLength(0);
});

test('somebody without a mailbox has no calendar to write into', async () => {
  world().directory.updateUser(id, {}, 'none');
  expect((await page(`/people/${id}/calendar`)).text).toContain('This person has no mailbox.');
});

test('what is done here is told by Graph like everything else', async () => {
  expect(await heard('disable', {})).toEqual([expect.stringMatching(new RegExp(`users/${id}`, 'i'))]);
});

test('an event made here is told by Graph', async () => {
  const fields = { subject: 'Pole check', start: at(48), end: at(50), showAs: 'busy' };
  expect(await heard('event-new', fields)).toContainEqual(expect.stringMatching(/users\/.*events/i));
});

test('what Graph told in the last minute is shown with names, and goes after it', async () => {
  expect((await page('/people')).text).toContain('Nobody has subscribed');
  await harness.subscribe('users');
  await act('disable');
  await until(() => harness.simulator.delivery.log.entries().length > 0);
  expect((await page('/deliveries')).text).toMatch(/updated user Māia Ngata[\s\S]*answered 202/);
  harness.simulator.world.clock.advance(61_000);
  expect((await page('/deliveries')).text).not.toContain('Māia Ngata');
});

test('what stands in the directory is shown as it is written, never as markup', async () => {
  const evil = `"><script>alert(1)</script>'`;
  world().directory.updateUser(id, { displayName: evil, givenName: evil, country: evil });
  const group = world().directory.createGroup({ displayName: evil }).objectId;
  world().directory.createGroup({ displayName: `${evil}2` });
  await harness.subscribe('users');
  await act('join', { group });
  await act('event-new', { subject: evil, start: at(48), end: at(50), showAs: 'busy' });
  await act('disable');
  await until(() => harness.simulator.delivery.log.entries().length > 0);
  const search = `/people?search=${encodeURIComponent(evil)}`;
  const paths = [
    search,
    `/people/${id}`,
    `/people/${id}/calendar`,
    '/deliveries',
    `/people/${encodeURIComponent(evil)}`,
  ];
  for (const path of paths) {
    const { text } = await page(path);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;alert');
  }
});

test('another site can neither read a page under a name of its own nor send a form', async () => {
  const refused = await act('disable', {}, { origin: 'https://evil.example' });
  expect(refused.status).toBe(403);
  expect(user()?.properties['accountEnabled']).toBe(true);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'evil.example' };
    get(`${tenant}/people`, { headers }, (response) => resolve(response.statusCode)).on('error', reject);
  });
  expect(status).toBe(403);
});

test('there is nothing to do but what is offered', async () => {
  expect((await act('constructor')).status).toBe(404);
  expect((await act('format-c')).status).toBe(404);
  expect((await fetch(`${tenant}/people/11111111-1111-4111-8111-111111111111`)).status).toBe(404);
  const style = await fetch(`${harness.simulator.pretend}style.css`);
  const script = await fetch(`${harness.simulator.pretend}script.js`);
  expect([style.headers.get('content-type'), script.headers.get('content-type')]).toEqual([
    'text/css; charset=utf-8',
    expect.stringMatching(/^(text|application)\/javascript/),
  ]);
});
