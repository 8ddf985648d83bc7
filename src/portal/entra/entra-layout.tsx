import { Outlet } from 'react-router';
import type { Integration } from '../api/types.js';
import { useApi } from '../api/use-api.js';
import { Loaded } from '../frame/page.js';
import { useEnterprise } from '../session/use-session.js';

export interface EntraContext {
  readonly integration: Integration;
}

/** Everything below the integration knows how the connection stands; it is read again whenever something changes. */
export function EntraLayout() {
  const { base } = useEnterprise();
  const integration = useApi<Integration>(`${base}/integration`, { live: ['runs', 'problems', 'changes'] });
  return (
    <Loaded of={integration}>{(data) => <Outlet context={{ integration: data } satisfies EntraContext} />}</Loaded>
  );
}
