import { runCli } from '../../../src/cli/run-cli.js';
import { composeJobs } from '../../../src/compose/worker/worker.js';
import { NOTICE_SETTINGS } from '../../../src/notices/types.js';
import { REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';
import { type MailServer, startMailServer } from './mail-server.js';
import { isSigned, type Receiver, startReceiver } from './webhook-receiver.js';

let stack: PortalStack;
let server: MailServer;
let receiver: Receiver;
let path: string;
let mail: { SMTP_URL: string; MAIL_FROM: string };

beforeAll(async () => {
  server = await startMailServer();
  receiver = await startReceiver();
  mail = { SMTP_URL: `smtp://127.0.0.1:${server.port}`, MAIL_FROM: 'notices@ghs.example' };
  stack = await startPortalStack({ env: mail });
  path = `/enterprises/${stack.enterpriseId}/notices`;
});
afterAll(async () => {
  await stack?.close();
  await server?.close();
  await receiver?.close();
});

async function ghs(...argv: string[]) {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const { services, config, simulator, url } = stack;
  const env = {
    ...{ AZURE_CLIENT_ID: simulator.clientId, AZURE_CLIENT_SECRET: simulator.clientSecret, LOG_LEVEL: 'silent' },
    ...{ AZURE_AUTHORITY_HOST: simulator.url, GRAPH_BASE_URL: simulator.url, PUBLIC_URL: url, ...mail },
    ...{ APP_SECRET: config.appSecrets.join(','), MONGODB_URI: services.mongodbUri },
  };
  const enterprise = argv.includes('--installation') ? [] : ['--enterprise', stack.enterpriseId];
  const code = await runCli(['notices', ...argv, ...enterprise, '--json'], { ...io, env });
  return { code, document: JSON.parse(stdout) };
}

test('a lost consent reaches the account administrator by e-mail and the webhook', async () => {
  await fieldCrew(stack);
  await stack.sync();
  const { body } = await stack.api(`${path}/webhook`, { method: 'POST', body: { url: receiver.url } });
  for (const role of REQUESTED_ROLES) stack.tenant.consentedRoles.delete(role);
  const job = composeJobs(stack.services, stack.config).find(({ name }) => name === 'notices');
  const asked = async (subject: string) => {
    // What the alarm clock does each minute.
    await job?.run();
    return server.received.find(({ raw }) => raw.replaceAll('=\r\n', '').includes(subject));
  };
  await stack.sync();
  const mailed = await waitFor(() => asked('does not let GetHomeSafe in'), {
    ...{ message: 'nobody was told', everyMs: 500 },
  });
  expect(mailed?.to).toBe(stack.user.userName);
  const posted = await waitFor(() => receiver.received[0], { message: 'nothing was posted' });
  expect(posted && isSigned(body.secret, posted)).toBe(true);
  expect(JSON.parse(posted?.body ?? '')).toMatchObject({ type: 'notice.consent_lost.began' });
  const { body: listed } = await stack.api(path);
  expect(listed.items.map(({ kind }: { kind: string }) => kind)).toEqual(['consent_lost', 'consent_lost']);
});

test('settings follow If-Match; a reader sees them, and cannot change or try them', async () => {
  const settings = `${path}/settings`;
  const patch = (body: object, more: object = {}) => stack.api(settings, { method: 'PATCH', body, ...more });
  const etag = (await stack.api(settings, { as: 'reader' })).headers.get('etag') ?? '';
  const changed = await patch({ kinds: { problems_digest: false } }, { headers: { 'if-match': etag } });
  expect(changed).toMatchObject({ status: 200, body: { kinds: { problems_digest: false, sync_failing: true } } });
  expect(await patch({ emails: [] }, { headers: { 'if-match': etag } })).toMatchObject({
    ...{ status: 412, body: { code: 'changed_meanwhile' } },
  });
  expect(await patch({ emails: ['nobody'] })).toMatchObject({ status: 400, body: { field: 'emails' } });
  const url = await stack.api(`${path}/webhook`, { method: 'POST', body: { url: 'http://hooks.example' } });
  expect(url).toMatchObject({ status: 400, body: { field: 'url' } });
  expect((await patch({ emails: [] }, { as: 'reader' })).status).toBe(403);
  expect((await stack.api(`${path}/test`, { method: 'POST', as: 'reader' })).status).toBe(403);
  expect((await stack.api(settings, { as: 'foreign' })).status).toBe(404);
});

test('the command sets, shows and tries them, and lists what was told', async () => {
  const set = await ghs('set', '--emails', 'desk@kiwi.example', '--off', 'calendars_stale', '--webhook', receiver.url);
  expect(set).toMatchObject({ code: 0, document: { emails: ['desk@kiwi.example'] } });
  expect(set.document.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const shown = await ghs('show');
  expect(shown.document).toMatchObject({ recipients: ['desk@kiwi.example'], kinds: { calendars_stale: false } });
  expect(shown.document.secret).toBeUndefined();
  const tried = await ghs('test');
  expect(tried).toMatchObject({ code: 0, document: { items: [{ ok: true }, { channel: 'webhook', ok: true }] } });
  receiver.answerWith(500);
  expect(await ghs('test')).toMatchObject({
    code: 1,
    document: { items: [{}, { detail: expect.stringContaining('500') }] },
  });
  await ghs('set', '--webhook', 'none', '--emails', 'none', '--off', 'none');
  expect((await ghs('show')).document).toMatchObject({ webhook: null, recipients: [stack.user.userName] });
  expect((await ghs('list', '--limit', '1')).document.items).toHaveLength(1);
  expect((await ghs('show', '--installation')).document).toMatchObject({ recipients: [stack.operator.userName] });
  expect((await ghs('set', '--off', 'nonsense')).code).toBe(2);
});

test('what was given up is listed page by page, and sent again from the API and the command line', async () => {
  const messages = stack.services.store.collection<{ _id: string; state: string }>('noticeMessages');
  const all = await messages.find({}).toArray();
  expect(all.length).toBeGreaterThan(1);
  await messages.updateMany({}, { $set: { state: 'parked' } });
  const { document: one } = await ghs('list', '--parked', '--limit', '1');
  const { document: rest } = await ghs('list', '--parked', '--after', one.next);
  const ids = [...one.items, ...rest.items].map(({ id }: { id: string }) => id);
  expect([ids.toSorted(), rest.next]).toEqual([all.map(({ _id }) => _id).toSorted(), null]);
  const page = await stack.api(`${path}?parked=true&limit=1`);
  expect(page.body).toMatchObject({ items: one.items, next: one.next });
  expect(await ghs('retry', ids[0] ?? '')).toMatchObject({ code: 0, document: { retried: 1 } });
  expect((await stack.api(`${path}/retry`, { method: 'POST', body: {}, as: 'reader' })).status).toBe(403);
  const retried = await stack.api(`${path}/retry`, { method: 'POST', body: {} });
  expect(retried.body).toEqual({ retried: ids.length - 1 });
  expect((await ghs('list', '--parked')).document.items).toEqual([]);
});

test.each([
  ['webhook', 'new@kiwi.example', 'http://receiver.example/'],
  ['emails', 'new@kiwi.example,no address', 'https://receiver.example/'],
])('of several choices with one wrong, %s, nothing is saved', async (field, emails, webhook) => {
  const rows = stack.services.store.collection(NOTICE_SETTINGS);
  const before = await rows.find().toArray();
  const refused = await ghs('set', '--emails', emails, '--off', 'none', '--webhook', webhook);
  expect(refused).toMatchObject({ code: 2, document: { error: { field: expect.stringContaining(field) } } });
  expect(await rows.find().toArray()).toEqual(before);
});
