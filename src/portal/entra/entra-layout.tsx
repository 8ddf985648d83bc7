import { Outlet, useLocation } from 'react-router';
import type { Integration } from '../api/types.js';
import { useApi } from '../api/use-api.js';
import { Loaded } from '../frame/page.js';
import { useEnterprise } from '../session/use-session.js';
import { LockedPage } from './locked-page.js';
import { isConnected, SECTIONS } from './sections.js';

export interface EntraContext {
  readonly integration: Integration;
}

/** Everything below the integration knows how the connection stands; it is read again whenever something changes. */
export function EntraLayout() {
  const { base, path } = useEnterprise();
  const { pathname } = useLocation();
  const integration = useApi<Integration>(`${base}/integration`, { live: ['runs', 'problems', 'changes'] });
  const here = pathname.slice(path.length + 1).split('/')[0] ?? '';
  const section = SECTIONS.find((each) => each.path === here);
  return (
    <Loaded of={integration}>
      {(data) =>
        section?.needs === 'connected' && !isConnected(data) ? (
          <LockedPage title={section.label} />
        ) : (
          <Outlet context={{ integration: data } satisfies EntraContext} />
        )
      }
    </Loaded>
  );
}
