import { listen } from '../../../src/http/listen.js';
import { messageOf } from '../../../src/kernel/app-error.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { appOf, type Candidate } from './candidate-servers.js';

// Entry of a child process: serves the candidate named first against the database named second, until its parent
// goes. It tells the parent its port, or what went wrong.
process.on('disconnect', () => process.exit(0));
try {
  const [candidate, uri = ''] = process.argv.slice(2);
  const app = await appOf(candidateNamed(candidate), uri);
  const { port } = await listen(app, { port: 0, host: '127.0.0.1', clock: systemClock });
  process.send?.({ port });
} catch (error) {
  process.send?.({ error: messageOf(error) });
}

function candidateNamed(name: string | undefined): Candidate {
  if (name === 'floor' || name === 'peer' || name === 'ours') return name;
  throw new Error(`There is no candidate ${name}.`);
}
