import { runCli } from '../../src/cli/run-cli.js';
import type { Stack } from './stack.js';

/** Runs one command with --json against a stack's database and Microsoft, and answers its one document. */
export async function ghsAt(
  {
    services,
    config,
    simulator,
    url,
  }: Pick<Stack, 'config' | 'simulator' | 'url'> & { readonly services: Pick<Stack['services'], 'mongodbUri'> },
  ...argv: string[]
) {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
  const env = {
    ...{ AZURE_CLIENT_ID: simulator.clientId, AZURE_CLIENT_SECRET: simulator.clientSecret, LOG_LEVEL: 'silent' },
    ...{ AZURE_AUTHORITY_HOST: simulator.url, GRAPH_BASE_URL: simulator.url, PUBLIC_URL: url },
    ...{ APP_SECRET: config.appSecrets.join(','), MONGODB_URI: services.mongodbUri },
    ...{ LAG_DIRECTORY_MS: '0', RIPENING_MS: '300', GONE_CONFIRM_MS: '500', LOOKS_MS: '200' },
  };
  const code = await runCli([...argv, '--json'], { ...io, env });
  return { code, document: JSON.parse(stdout) };
}
