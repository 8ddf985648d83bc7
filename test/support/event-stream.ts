import { get, type IncomingMessage } from 'node:http';
import { waitFor } from './wait-for.js';

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** A browser's ear for server-sent events, as far as the tests look at it. */
export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything that came, comments too. */
  text(): string;
  events(): readonly StreamEvent[];
  hasEnded(): boolean;
  /** Waits for an event that fits, among all that came. */
  event(fits: (event: StreamEvent) => boolean, message: string): Promise<StreamEvent>;
  /** Goes away as a closed window does. */
  leave(): void;
}

export function openEventStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => resolve(streamOf(response)));
    request.on('error', reject);
  });
}

function streamOf(response: IncomingMessage): EventStream {
  let text = '';
  let ended = false;
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('close', () => {
    ended = true;
  });
  response.on('error', () => {});
  const events = () => text.split('\n\n').flatMap(eventOf);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    events,
    hasEnded: () => ended,
    event: async (fits, message) => {
      const found = await waitFor(() => events().find(fits), { message });
      if (!found) throw new Error(message);
      return found;
    },
    leave: () => response.destroy(),
  };
}

function eventOf(block: string): StreamEvent[] {
  const [, event] = /^event: (.*)$/m.exec(block) ?? [];
  const [, data] = /^data: (.*)$/m.exec(block) ?? [];
  return event === undefined || data === undefined ? [] : [{ event, data: JSON.parse(data) }];
}
