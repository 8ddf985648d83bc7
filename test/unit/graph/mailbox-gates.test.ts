import { createMailboxGates } from '../../../src/graph/mailbox-gates.js';

test('three calls to a mailbox go at once, the fourth waits, and other mailboxes do not', async () => {
  const gates = createMailboxGates();
  const begun: string[] = [];
  const endings: (() => void)[] = [];
  const enter = (mailbox: string, name: string) =>
    gates.within(mailbox, () => {
      begun.push(name);
      return new Promise<void>((resolve) => endings.push(resolve));
    });
  const all = [enter('m', 'a'), enter('m', 'b'), enter('m', 'c'), enter('m', 'd'), enter('n', 'e')];
  await settled();
  expect(begun).toEqual(['a', 'b', 'c', 'e']);
  endings[0]?.();
  await settled();
  expect(begun).toEqual(['a', 'b', 'c', 'e', 'd']);
  for (const end of endings) end();
  await Promise.all(all);
});

test('work that fails leaves its place to the next', async () => {
  const gates = createMailboxGates();
  const failing = Array.from({ length: 4 }, () => gates.within('m', () => Promise.reject(new Error('no'))));
  expect((await Promise.allSettled(failing)).map((one) => one.status)).toEqual(Array(4).fill('rejected'));
  expect(await gates.within('m', async () => 'in')).toBe('in');
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
