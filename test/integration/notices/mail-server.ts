import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** Headers and text, as sent. */
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** How many messages were offered, refused ones included. */
  readonly offered: () => number;
  /** The next recipients are answered so; null: taken. */
  answerWith(status: number | null): void;
  close(): Promise<void>;
}

export interface MailServerOptions {
  readonly port?: number;
  /** Asks for this user and password, and offers no TLS. */
  readonly signIn?: { readonly user: string; readonly password: string };
  /** Says that it is called so, and offers TLS with a certificate that nobody trusts. */
  readonly tls?: boolean;
}

/** A real SMTP server on loopback. */
export async function startMailServer({ port = 0, signIn, tls = false }: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let status: number | null = null;
  let offered = 0;
  const server = new SMTPServer({
    ...{ authOptional: signIn === undefined, allowInsecureAuth: true, disableReverseLookup: true },
    disabledCommands: [...(signIn ? [] : ['AUTH']), ...(tls ? [] : ['STARTTLS'])],
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === signIn?.user && password === signIn?.password;
      if (isRight) done(null, { user: username });
      else done(Object.assign(new Error('who are you?'), { responseCode: 535 }));
    },
    onRcptTo: (_address, _session, done) => {
      offered += 1;
      if (status === null) done();
      else done(Object.assign(new Error(`answered ${status}`), { responseCode: status }));
    },
    onData: (stream, { envelope }, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => {
        raw += chunk.toString('utf8');
      });
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        for (const { address: to } of envelope.rcptTo) received.push({ from, to, raw });
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    offered: () => offered,
    answerWith: (next) => {
      status = next;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
