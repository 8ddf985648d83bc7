import { createServer } from 'node:http';
import { messageOf } from '../../../src/kernel/app-error.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { endWithParent } from './end-with-parent.js';

// Entry of a child process: so many simulated tenants with so many people each, and an address that answers the
// handshake of their subscriptions. It tells its parent where they are and who has a mailbox; asked later, how many
// answers it gave by status. `throttling` in the question switches Graph's limits on or off.
endWithParent();
process.on('SIGTERM', () => process.exit(0));
try {
  const [tenants = 1, people = 10] = process.argv.slice(2).map(Number);
  const answers: Record<string, number> = {};
  const seeds = Array.from({ length: tenants }, () => ({ people, groups: 0 }));
  const record = ({ status }: { status: number }) => {
    answers[status] = (answers[status] ?? 0) + 1;
  };
  const simulator = await startSimulator({ tenants: seeds, record });
  const { url, control, clientId, clientSecret, world } = simulator;
  process.on('message', (question: { throttling?: boolean }) => {
    if (question.throttling !== undefined) world.switches.throttling = question.throttling;
    process.send?.({ answers });
  });
  const told = [...world.tenants.values()].map(({ id, view }) => {
    const followed = [...view().users()].filter(
      (user) => typeof user.mailbox !== 'string' && user.deletedAtMs === null,
    );
    return { id, mailboxes: followed.map((user) => user.id) };
  });
  process.send?.({ url, control, clientId, clientSecret, notificationUrl: await handshakes(), tenants: told });
} catch (error) {
  process.send?.({ error: messageOf(error) });
}

/** Gives every validation token back, as Graph wants it; answers its base address. */
function handshakes(): Promise<string> {
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('validationToken') ?? '';
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
    });
  });
}
