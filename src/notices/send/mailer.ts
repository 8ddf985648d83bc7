import { createTransport } from 'nodemailer';
import type { MailConfig } from '../../config/config.js';
import { messageOf } from '../../kernel/app-error.js';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { tidy } from '../rules/words.js';
import type { Outcome } from './queue.js';

export interface Mail {
  /** The same for each try, so that a message that was sent twice can be told by it. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<Outcome>;
  close(): void;
}

/** Bounds of a connection, a greeting, and silence within a conversation. */
const BOUNDS = { connectionTimeout: 10 * SECOND_MS, greetingTimeout: 10 * SECOND_MS, socketTimeout: 20 * SECOND_MS };
/** And of the whole of a message. */
const WHOLE_MS = MINUTE_MS;

/** Commands that are about one message and its recipient; of others the server refuses us altogether. */
const OF_MESSAGE = new Set(['RCPT TO', 'DATA']);

export interface MailerOptions {
  readonly bounds?: Partial<typeof BOUNDS>;
}

/** Speaks SMTP. A password goes over TLS only, except to this very machine. */
export function createMailer(server: MailConfig, options: MailerOptions = {}): Mailer {
  const { host, port, isSecure, signIn, from } = server;
  const transport = createTransport({
    ...{ host, port, secure: isSecure, ...BOUNDS, ...options.bounds, pool: true, maxConnections: 2 },
    ...(signIn === null ? {} : { auth: { user: signIn.user, pass: signIn.password } }),
    requireTLS: signIn !== null && !server.isLoopback,
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
  });
  return { send, close: () => transport.close() };

  async function send({ id, to, subject, text }: Mail): Promise<Outcome> {
    const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
    try {
      await transport.sendMail({
        ...{ from: { ...from }, to: { name: '', address: to }, subject, text },
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(WHOLE_MS),
      });
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf(error, `${host}:${port}`);
    }
  }
}

interface SmtpFault {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

function outcomeOf(error: unknown, server: string): Outcome {
  const { code, command, responseCode, response } = error as SmtpFault;
  const said = tidy(typeof response === 'string' ? response : messageOf(error), 200);
  if (typeof responseCode === 'number' && OF_MESSAGE.has(String(command))) {
    const why = `The mail server ${server} refused the message: ${said}`;
    return { kind: responseCode >= 500 ? 'refused' : 'later', why };
  }
  // With an answer it is the sender that the server refuses, which is the same for every message.
  const isOurs = responseCode === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (isOurs) return { kind: 'refused', why: `This cannot be sent: ${said}` };
  return { kind: 'down', why: wordsOf(code, { server, said }) };
}

function wordsOf(code: unknown, { server, said }: { server: string; said: string }): string {
  switch (code) {
    case 'EAUTH':
    case 'ENOAUTH':
      return `The mail server ${server} refused the user or password of SMTP_URL: ${said}`;
    case 'ETLS':
    case 'EREQUIRETLS':
      return `The mail server ${server} offers no TLS that can be trusted, and a password goes over nothing else: ${said}`;
    case 'EDNS':
      return `The host of SMTP_URL is not known (${server}): ${said}`;
    case 'ETIMEDOUT':
    case 'EABORT':
      return `The mail server ${server} did not answer in time: ${said}`;
    default:
      return `The mail server ${server} cannot be used: ${said}. Check SMTP_URL and that it can be reached from here.`;
  }
}
