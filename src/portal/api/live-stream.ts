/** What the service counts while somebody watches: runs, problems with decisions, and changes of records and settings. */
export type Counter = 'runs' | 'problems' | 'changes';
export type Counters = Readonly<Record<Counter, number>>;

/** Hears the counters, or null while they cannot be had. */
export type Hear = (counters: Counters | null) => void;

const REFUSED_MS = 5_000;
/** Asks the window that has the stream. */
const ASKS = 'asks';

/**
 * Follows an enterprise until the answer is called. Browsers open six connections to a host over HTTP/1.1, for all
 * windows together, so that only one window has the stream and tells the others; when it leaves, the next one has it.
 */
export function followLive(enterpriseId: string, hear: Hear): () => void {
  const name = `live ${enterpriseId}`;
  const left = new AbortController();
  const { signal } = left;
  const windows = new BroadcastChannel(name);
  let told: Counters | null = null;
  const tell: Hear = (counters) => {
    told = counters;
    hear(counters);
    windows.postMessage(counters);
  };
  windows.onmessage = ({ data }: MessageEvent<Counters | null | typeof ASKS>) => {
    if (data !== ASKS) hear(data);
    else if (told !== null) windows.postMessage(told);
  };
  windows.postMessage(ASKS);
  const untilLeft = () => {
    const close = openStream(enterpriseId, tell);
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(close())));
  };
  navigator.locks
    // It may have been left at the very moment at which it was given.
    .request(name, { signal }, () => (signal.aborted ? undefined : untilLeft()))
    .catch(() => {});
  return () => {
    left.abort();
    windows.close();
  };
}

function openStream(enterpriseId: string, tell: Hear): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let events: EventSource;
  const connect = () => {
    events = new EventSource(`/api/v1/enterprises/${encodeURIComponent(enterpriseId)}/live`);
    events.addEventListener('counters', ({ data }: MessageEvent<string>) => tell(JSON.parse(data) as Counters));
    events.onerror = () => {
      tell(null);
      // A browser tries again by itself unless it was refused, such as while the service starts.
      if (events.readyState === EventSource.CLOSED) waiting = setTimeout(connect, REFUSED_MS);
    };
  };
  connect();
  return () => {
    events.close();
    clearTimeout(waiting);
  };
}
