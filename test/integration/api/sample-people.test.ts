import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

/** As many as a picker shows. */
const OTHERS = 20;
let stack: PortalStack;
const ids: Record<string, string> = {};

beforeAll(async () => {
  stack = await startPortalStack();
  const { services, enterpriseId, organisationId, tenant } = stack;
  for (let n = 0; n < OTHERS; n += 1) {
    const fields = { email: `manual${n}@kiwi.example`, firstName: 'Aroha', lastName: `Manual ${n}` };
    await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  }
  const group = await fieldCrew(stack);
  for (const name of ['Aroha', 'Archived', 'Wiremu']) {
    const mail = `${name.toLowerCase()}@kiwi.example`;
    const properties = { displayName: `${name} Ngata`, givenName: name, surname: 'Ngata', mail };
    ids[name] = tenant.directory.createUser({ ...properties, userPrincipalName: mail }).objectId;
    tenant.directory.addMember(group, ids[name] ?? '');
  }
  await stack.sync();
  await services.people.archive({ enterpriseId, person: ids['Archived'] ?? '' }, { who: 'test' });
});
afterAll(() => stack?.close());

async function offered(query: string): Promise<unknown[]> {
  const { status, body } = await stack.api(`/enterprises/${stack.enterpriseId}/integration/sample-people?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ name, isHere }: { name: string; isHere: boolean }) => [name, isHere]);
}

test('people from Entra are offered though as many others were there before them', async () => {
  const here = await offered('here=true');
  expect(here.sort()).toEqual([
    ['Aroha Ngata', true],
    ['Wiremu Ngata', true],
  ]);
  expect(await offered('here=true&text=aroha')).toEqual([['Aroha Ngata', true]]);
});

test('whoever has a profile is not offered as somebody whom only Entra has', async () => {
  expect(await offered('text=aroha')).toEqual([['Aroha Ngata', true]]);
});
