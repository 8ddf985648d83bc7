import type { IncomingMessage } from 'node:http';

/** Largest body that is read: 10,000 items fit, and a genuine batch must not be lost to a small limit. */
export const MOST_BODY_BYTES = 8 * 1_024 * 1_024;

export type Body =
  | { readonly result: 'whole'; readonly bytes: Buffer }
  | { readonly result: 'too_large' }
  | { readonly result: 'aborted' };

/** Reads the whole body into memory, at most `mostBytes` of it; what is beyond runs off unread. */
export function readBody(request: IncomingMessage, mostBytes: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
    request.resume();
    return Promise.resolve({ result: 'too_large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= mostBytes) {
        chunks.push(chunk);
        return;
      }
      request.off('data', onData);
      request.resume();
      resolve({ result: 'too_large' });
    };
    request.on('data', onData);
    request.on('end', () => resolve({ result: 'whole', bytes: onlyOrJoined(chunks) }));
    request.on('error', () => resolve({ result: 'aborted' }));
    request.on('close', () => resolve({ result: 'aborted' }));
  });
}

function onlyOrJoined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
