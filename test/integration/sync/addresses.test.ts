import { type AddressesScene, startAddressesScene } from './addresses-scene.js';

/** More than one apply and one batch of reads take. */
const CROWD = 230;

let scene: AddressesScene;
let crowd: string[];
const first = () => crowd[0] ?? '';
const last = () => crowd.at(-1) ?? '';
const mailOf = (name: string) => `${name.toLowerCase()}@kiwipower.test`;

beforeAll(async () => {
  scene = await startAddressesScene();
  const { enterpriseId, services } = scene.stack;
  // Everything changes at once here; what the guard does with addresses has a test of its own.
  await services.settings.setSettings(enterpriseId, { removalBrakePercent: 100 }, { by: 'test' });
  crowd = Array.from({ length: CROWD }, (_, index) => scene.person(`Crowd${index}`));
  expect(await scene.stack.sync()).toMatchObject({ status: 'succeeded', counts: { created: CROWD } });
  await scene.settled();
});

afterAll(() => scene?.stack.close());

/** People of the enterprise whom nothing but the test changes. */
async function linked(...names: string[]): Promise<string[]> {
  const ids = names.map((name) => scene.person(name));
  await scene.tell(...ids);
  expect((await scene.emailsOf(...ids)).every(Boolean)).toBe(true);
  return ids;
}

/** Each has the address of the next one from then on; nobody is told of it. */
function pass(ids: readonly string[], mails: readonly string[]): void {
  for (const [index, id] of ids.entries()) scene.setMail(id, mails[index] ?? '');
}

describe('E28: people who pass addresses on, of whom one only is told', () => {
  test.each([
    ['a swap', ['Swap1', 'Swap2'], ['swap2', 'swap1']],
    ['a chain of three with a free end', ['Chain1', 'Chain2', 'Chain3'], ['chain2', 'chain3', 'chain-new']],
    ['a cycle of three', ['Ring1', 'Ring2', 'Ring3'], ['ring2', 'ring3', 'ring1']],
  ])('%s is one write, and no clash is seen on the way', async (_case, names, targets) => {
    const ids = await linked(...names);
    const mails = targets.map(mailOf);
    pass(ids, mails);
    await scene.tell(ids[0] ?? '');

    expect(await scene.emailsOf(...ids)).toEqual(mails);
    const moves = (await scene.moves(...ids)).filter(({ kind }) => kind === 'update');
    expect(moves).toHaveLength(ids.length);
    expect(new Set(moves.map(({ at }) => at.getTime())).size).toBe(1);
    expect(await scene.problemsOf(...ids)).toEqual([]);
  });

  test('told one after the other, in batches of their own, the second finds everything done', async () => {
    const ids = await linked('Turn1', 'Turn2');
    pass(ids, [mailOf('turn2'), mailOf('turn1')]);
    await scene.tell(...ids);
    expect(await scene.emailsOf(...ids)).toEqual([mailOf('turn2'), mailOf('turn1')]);
    expect((await scene.moves(...ids)).filter(({ kind }) => kind === 'update')).toHaveLength(2);
  });

  test('a newcomer gets the address of somebody who moves away, nobody but the newcomer being told of', async () => {
    const [mover = ''] = await linked('Mover');
    scene.setMail(mover, mailOf('moved'));
    const newcomer = scene.person('Follower', { mail: mailOf('mover') });
    await scene.tell(newcomer);
    expect(await scene.emailsOf(mover, newcomer)).toEqual([mailOf('moved'), mailOf('mover')]);
    expect(await scene.problemsOf(newcomer)).toEqual([]);
  });

  test('a chain that ends at somebody who stays moves nobody, and everybody when that one goes', async () => {
    const ids = await linked('Stay1', 'Stay2', 'Stay3');
    const [one = '', two = '', three = ''] = ids;
    pass([one, two], [mailOf('stay2'), mailOf('stay3')]);
    await scene.tell(one);
    expect(await scene.emailsOf(...ids)).toEqual([mailOf('stay1'), mailOf('stay2'), mailOf('stay3')]);
    expect((await scene.problemsOf(...ids)).map(({ objectId }) => objectId).sort()).toEqual([one, two].sort());

    scene.setMail(three, mailOf('stay-new'));
    await scene.tell(three);
    expect(await scene.emailsOf(...ids)).toEqual([mailOf('stay2'), mailOf('stay3'), mailOf('stay-new')]);
    expect(await scene.problemsOf(...ids)).toEqual([]);
  });
});

describe('E28: a swap, a cycle, a chain and a newcomer in one run, with more people between them than it reads at once', () => {
  const middle = () => crowd.slice(110, 112);
  const ring = () => [crowd[1] ?? '', crowd[120] ?? '', crowd[228] ?? ''];
  const chain = () => [crowd[227] ?? '', crowd[2] ?? ''];
  let newcomer: string;
  const people = () => [first(), last(), ...ring(), ...chain(), newcomer];
  const wanted = [
    ...[mailOf(`crowd${CROWD - 1}`), mailOf('crowd0')],
    ...[mailOf('crowd120'), mailOf('crowd228'), mailOf('crowd1')],
    ...[mailOf('crowd2'), mailOf('crowd2-new')],
    mailOf('crowd227'),
  ];

  beforeAll(() => {
    newcomer = scene.person('Newcomer');
    pass(people(), wanted);
    // Something to take from everybody: each is read by themselves, in several batches.
    for (const id of crowd) scene.stack.tenant.directory.updateUser(id, { mobilePhone: null });
  });

  test('a dry run sees all of them through, the newcomer behind the chain as well', async () => {
    const items = await scene.plan();
    const ids = people();
    expect(items.filter(({ kind, field }) => kind === 'problem' && field === 'email')).toEqual([]);
    const planned = items.filter(({ kind, field }) => kind === 'create' || (kind === 'update' && field === 'email'));
    const addressOf = (after: unknown) => (typeof after === 'string' ? after : (after as { email: string }).email);
    const byPerson = new Map(planned.map(({ person, after }) => [person, addressOf(after)]));
    expect(ids.map((id) => byPerson.get(id))).toEqual(wanted);
    expect(byPerson.size).toBe(ids.length);
    expect(middle().every((id) => !byPerson.has(id))).toBe(true);
  });

  test('the run does exactly that, without a person who failed, and leaves nothing for the next one', async () => {
    const run = await scene.stack.sync();
    expect(await scene.emailsOf(...people())).toEqual(wanted);
    expect(run).toMatchObject({ status: 'succeeded', counts: { created: 1, failed: 0 } });
    const moves = await scene.moves(...people().slice(0, -1));
    const after = run.startedAt ?? new Date();
    expect(moves.filter(({ at, kind }) => kind === 'update' && at >= after)).toHaveLength(7);
    await scene.settled();
    expect(await scene.stack.sync()).toMatchObject({ status: 'succeeded', writes: 0 });
    await scene.settled();
  });
});

describe('E27: two newcomers with one address', () => {
  test('neither is created, whether one run, one batch or several meet them', async () => {
    const one = scene.person('Twin', { mail: mailOf('twins') });
    const others = Array.from({ length: 210 }, (_, index) => scene.person(`Between${index}`));
    const two = scene.person('Other', { mail: mailOf('twins') });
    const items = await scene.plan();
    const clashes = items.filter(({ after }) => after === 'duplicate_email_in_source').map(({ person }) => person);
    expect(clashes.sort()).toEqual([one, two].sort());

    const run = await scene.stack.sync();
    expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { created: others.length, failed: 2 } });
    await scene.settled();
    await scene.tell(one, two, one);
    expect(await scene.emailsOf(one, two)).toEqual([undefined, undefined]);
    const codes = (await scene.problemsOf(one, two)).map(({ code }) => code);
    expect(codes).toEqual(['duplicate_email_in_source', 'duplicate_email_in_source']);

    scene.setMail(two, mailOf('other'));
    await scene.tell(two);
    expect(await scene.emailsOf(one, two)).toEqual([mailOf('twins'), mailOf('other')]);
  });

  test('who is linked keeps the address, and only the newcomer fails', async () => {
    const newcomer = scene.person('Copy', { mail: mailOf('crowd50') });
    await scene.tell(newcomer);
    expect(await scene.emailsOf(crowd[50] ?? '', newcomer)).toEqual([mailOf('crowd50'), undefined]);
    expect(await scene.problemsOf(newcomer, crowd[50] ?? '')).toMatchObject([
      { objectId: newcomer, code: 'duplicate_email_in_source' },
    ]);
  });

  test('of two people with records who want one free address neither gets it, in whichever order they are read', async () => {
    const ids = await linked('Pair1', 'Pair2');
    pass(ids, [mailOf('pair'), mailOf('pair')]);
    const run = await scene.stack.sync();
    // Twin's copy of crowd50 above is the third.
    expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { failed: 3 } });
    await scene.settled();
    await scene.tell(...ids, ...ids);
    expect(await scene.emailsOf(...ids)).toEqual([mailOf('pair1'), mailOf('pair2')]);
  });
});
