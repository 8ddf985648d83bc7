import { MicrosoftGraphClient, readMicrosoftGraphOrg } from '@backstage/plugin-catalog-backend-module-msgraph';

// Entry of a child process: Backstage's reader of Microsoft Entra ID, unmodified, reads one tenant and keeps what it
// read as entities; nothing is written anywhere. Arguments: address of Graph with /v1.0, tenant, access token.
process.on('disconnect', () => process.exit(0));
const [target = '', tenantId = '', token = ''] = process.argv.slice(2);
process.send({ ready: true });
process.once('message', async () => {
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => logger };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const client = new MicrosoftGraphClient(target, credential);
  const startedAtMs = performance.now();
  try {
    const { users, groups } = await readMicrosoftGraphOrg(client, tenantId, { loadUserPhotos: false, logger });
    const tookMs = performance.now() - startedAtMs;
    process.send({ tookMs, users: users.length, groups: groups.length });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.message : String(error) });
  }
});
