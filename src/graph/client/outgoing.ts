/** Where requests go out by: addresses of proxies, checked when the configuration was read. */
export interface OutgoingProxy {
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached directly, with commas between them. */
  readonly except: string | null;
}

/**
 * The fetch that goes through the proxy; undefined where none is set, so that the global one is taken. A proxy opens a
 * tunnel for each host and sees no token of ours where the target is https.
 */
export function outgoingFetch({ http, https, except }: OutgoingProxy): typeof fetch | undefined {
  if (http === null && https === null) return undefined;
  let opening: Promise<typeof fetch> | null = null;
  const open = async (): Promise<typeof fetch> => {
    // Loaded by those only who have a proxy.
    const undici = await import('undici');
    // Empty where left out: undici would look into the environment, which has been read and checked already.
    const proxies = { httpProxy: http ?? '', httpsProxy: https ?? '', noProxy: except ?? '' };
    const dispatcher = new undici.EnvHttpProxyAgent(proxies);
    const send: unknown = (input: string, init: object) => undici.fetch(input, { ...init, dispatcher });
    return send as typeof fetch;
  };
  return async (...given) => {
    opening ??= open();
    return (await opening)(...given);
  };
}
