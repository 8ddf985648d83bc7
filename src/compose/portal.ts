import { join } from 'node:path';
import { createApiRouter } from '../api/api-router.js';
import { createConnectRouter } from '../api/connect/connect-router.js';
import type { MountDeps } from '../api/frame/mount.js';
import type { MicrosoftServices, Services } from '../compose.js';
import type { Config } from '../config/config.js';
import { projectFolder } from '../config/project-folder.js';
import type { MountedRouter } from '../http/create-app.js';
import { portalFiles } from '../http/portal-files.js';

const VERSION = '1';

/** Everything that browsers and programs of people reach: the API, connecting a tenant, and the page. */
export function composePortal(
  services: Services,
  {
    config,
    microsoft,
    authenticate,
  }: { config: Config; microsoft: MicrosoftServices; authenticate: MountDeps['authenticate'] },
): MountedRouter[] {
  const { connect, proofs, doctor } = microsoft;
  const api = createApiRouter({ services: { ...services, connect, proofs, doctor }, authenticate, version: VERSION });
  return [
    { path: '/', router: api },
    { path: '/', router: createConnectRouter({ connect, publicUrl: config.publicUrl }) },
    { path: '/', router: portalFiles(join(projectFolder(), 'dist', 'portal')) },
  ];
}
