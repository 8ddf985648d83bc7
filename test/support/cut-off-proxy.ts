import { connect, createServer, type Socket } from 'node:net';

export interface CutOffProxy {
  readonly port: number;
  /** `open` passes everything, `hanging` swallows it, `refusing` ends every connection at once. */
  set(mode: 'open' | 'hanging' | 'refusing'): void;
  close(): Promise<void>;
}

/** A TCP proxy on loopback that can cut its clients off from the server behind it. */
export async function startCutOffProxy(target: { host: string; port: number }): Promise<CutOffProxy> {
  let mode: 'open' | 'hanging' | 'refusing' = 'open';
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    if (mode === 'refusing') {
      client.destroy();
      return;
    }
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => mode === 'open' && upstream.write(chunk));
    upstream.on('data', (chunk) => mode === 'open' && client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    set: (wanted) => {
      mode = wanted;
      if (wanted === 'refusing') cut();
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function cut(): void {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
  }
}
