import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const REDACTED = ['*.clientState', '*.authorization', '*.access_token', '*.client_secret', 'headers.authorization'];

/**
 * One JSON line a unit of work: a fixed `event` name, ids, counts, durations and outcome; never names, addresses,
 * numbers, tokens or bodies. Redaction is the second net.
 *
 * Lines go to stderr, because stdout belongs to what a command was asked to print.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = { level, base: null, redact: REDACTED };
  return destination ? pino(options, destination) : pino(options, pino.destination({ dest: 2, sync: false }));
}
