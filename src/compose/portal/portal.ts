import { join } from 'node:path';
import { createApiRouter } from '../../api/api-router.js';
import { createConnectRouter } from '../../api/connect/connect-router.js';
import { createAuthenticate } from '../../api/session/authenticate.js';
import { createSignInRouter } from '../../api/session/sign-in-router.js';
import type { MicrosoftServices, Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { projectFolder } from '../../config/project-folder.js';
import type { MountedRouter } from '../../http/create-app.js';
import { portalFiles } from '../../http/portal-files.js';
import { composeNotices } from '../notices.js';
import { composeAccess } from './access.js';
import { composeDirectory } from './directory.js';
import { composeLive } from './live.js';

const VERSION = '1';

/** Everything that browsers and programs of people reach: sign-in, the API, connecting a tenant, and the page. */
export function composePortal(
  services: Services,
  { config, microsoft }: { config: Config; microsoft: MicrosoftServices },
): { readonly routers: readonly MountedRouter[]; stopWatching(): Promise<void> } {
  const { connect, proofs, doctor, subscriptions } = microsoft;
  const { publicUrl } = config;
  const { structure } = services;
  const access = composeAccess(services, { microsoft, config });
  const authenticate = createAuthenticate({ access, publicUrl });
  const { feed, watch } = composeLive(services, { access, publicUrl });
  const ofTenant = {
    connect,
    proofs,
    doctor,
    watch,
    renewDue: subscriptions.renewDue,
    notices: composeNotices(services, config),
    ...composeDirectory(services, microsoft),
  };
  const parts = { ...services, ...ofTenant };
  const api = createApiRouter({ services: parts, authenticate, version: VERSION });
  const routers = [
    createSignInRouter({ access, structure, publicUrl }),
    api,
    createConnectRouter({ connect, publicUrl }),
    portalFiles(join(projectFolder(), 'dist', 'portal')),
  ];
  return { routers: routers.map((router) => ({ path: '/', router })), stopWatching: () => feed.stop() };
}
