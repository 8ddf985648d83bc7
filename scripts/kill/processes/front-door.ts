import { connect, createServer, type Socket } from 'node:net';

/** One address before several processes, as a load balancer gives it. */
export interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

/** Hands each connection to the next port that takes it; where none does, the connection is ended. */
export async function openFrontDoor(ports: readonly number[]): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    turn += 1;
    keep(client);
    handOn(client, [...ports.slice(turn % ports.length), ...ports.slice(0, turn % ports.length)]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function handOn(client: Socket, [next, ...others]: readonly number[]): void {
    if (next === undefined || client.destroyed) {
      client.destroy();
      return;
    }
    const upstream = connect({ port: next, host: '127.0.0.1' });
    keep(upstream);
    const refused = () => handOn(client, others);
    upstream.once('error', refused);
    upstream.once('connect', () => {
      upstream.off('error', refused);
      upstream.once('close', () => client.destroy());
      client.once('close', () => upstream.destroy());
      client.pipe(upstream).pipe(client);
    });
  }

  /** An end that is no end in order shows as `close`, which both sides listen to. */
  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  }
}
