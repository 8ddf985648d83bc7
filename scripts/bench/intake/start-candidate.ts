import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Candidate } from './candidate-servers.js';

const toldSchema = z.union([z.object({ port: z.int() }), z.object({ error: z.string() })]);

export interface StartedCandidate {
  readonly url: string;
  stop(): void;
}

/** Starts a candidate in a process of its own, so that each has its own heap, compiler and event loop. */
export async function startCandidate(candidate: Candidate, uri: string): Promise<StartedCandidate> {
  const here = fileURLToPath(import.meta.url);
  const entry = fileURLToPath(new URL(`./serve-candidate${extname(here)}`, import.meta.url));
  // Log lines are written, but nobody reads them.
  const child = fork(entry, [candidate, uri], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const port = await portOf(child, candidate);
  return { url: `http://127.0.0.1:${port}/graph/notifications`, stop: () => child.disconnect() };
}

function portOf(child: ChildProcess, candidate: Candidate): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ${candidate} ended with ${code}.`)));
    child.once('message', (message) => {
      const told = toldSchema.parse(message);
      if ('port' in told) resolve(told.port);
      else reject(new Error(`The server ${candidate} did not start: ${told.error}`));
    });
  });
}
