import type { Simulator } from '../../src/simulator/server/start-simulator.js';

/** The times of laws L7, L8 and L10 in the demo: no lag, ripening after a second; the rules are the same. */
const TIMES = {
  LAG_DIRECTORY_MS: '0',
  LAG_MAILBOX_MS: '0',
  LOOKS_MS: '500,1500',
  RIPENING_MS: '1000',
  GONE_CONFIRM_MS: '1000',
  PROBLEM_DELAY_MS: '1000',
};

/** What a process needs of the surroundings beside its settings. */
const INHERITED = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'TEMP'];

export type Environment = Readonly<Record<string, string>>;

/** Everything the service, `ghs` and the scripts are told; nothing else of the user's settings reaches them. */
export function demoEnvironment(parts: {
  simulator: Simulator;
  mongodbUri: string;
  dataDir: string;
  appSecret: string;
  port: number;
  opsPort: number;
  inherit: Readonly<Record<string, string | undefined>>;
}): { settings: Environment; environment: Environment } {
  const { simulator, inherit } = parts;
  const settings = {
    AZURE_CLIENT_ID: simulator.clientId,
    AZURE_CLIENT_SECRET: simulator.clientSecret,
    AZURE_AUTHORITY_HOST: simulator.url,
    GRAPH_BASE_URL: simulator.url,
    PUBLIC_URL: `http://127.0.0.1:${parts.port}`,
    MONGODB_URI: parts.mongodbUri,
    DATA_DIR: parts.dataDir,
    PORT: String(parts.port),
    OPS_PORT: String(parts.opsPort),
    APP_SECRET: parts.appSecret,
    ...TIMES,
  };
  const inherited = INHERITED.flatMap((name) => (inherit[name] === undefined ? [] : [[name, inherit[name]] as const]));
  return { settings, environment: { ...Object.fromEntries(inherited), ...settings } };
}

/** The settings as a file that a shell can read. */
export function shellFile(settings: Environment): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = Object.entries(settings).map(([name, text]) => `${name}=${quoted(text)}`);
  return `${lines.join('\n')}\n`;
}
