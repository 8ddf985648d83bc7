import { endWithParent } from './end-with-parent.js';

// Entry of a child process: the service as `npm start` runs it, which tells its parent when it is ready.
endWithParent();
await import('../../../src/main.js');
