import { createCli } from '../../../src/cli/frame/cli.js';

test('an export waits while its reader is behind, so that it is not gathered in memory', async () => {
  const events: string[] = [];
  let drained = () => {};
  const stdout = {
    write: (text: string) => {
      events.push(text);
      return events.length !== 1;
    },
    once: (_event: 'drain', listener: () => void) => {
      drained = listener;
    },
  };
  const { cli } = createCli({ stdout, stderr: { write: () => {} }, env: {} }, { json: false });
  const printing = (async () => {
    for (const text of ['one', 'two', 'three']) await cli.print(text);
  })();
  await Promise.resolve();
  expect(events).toEqual(['one']);
  drained();
  await printing;
  expect(events).toEqual(['one', 'two', 'three']);
});
