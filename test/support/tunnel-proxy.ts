import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface TunnelProxy {
  readonly url: string;
  /** Hosts with ports to which tunnels were opened. */
  readonly tunnels: string[];
  /** What clients said of themselves. */
  readonly credentials: Set<string | undefined>;
  /** Refuses new tunnels and cuts those that are open. */
  refuse(): void;
  close(): Promise<void>;
}

/** A proxy as companies have them: it opens tunnels by CONNECT and answers nothing else. */
export async function startTunnelProxy(): Promise<TunnelProxy> {
  const tunnels: string[] = [];
  const credentials = new Set<string | undefined>();
  const sockets = new Set<Socket>();
  let isRefusing = false;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket) => {
    credentials.add(request.headers['proxy-authorization']);
    if (isRefusing) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect({ host: hostname, port: Number(port || 80) }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    ...{ url: `http://127.0.0.1:${port}`, tunnels, credentials },
    refuse: () => {
      isRefusing = true;
      cut();
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
