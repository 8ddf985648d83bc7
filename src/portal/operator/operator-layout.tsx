import { Outlet } from 'react-router';
import { NotFound } from '../frame/not-found.js';
import { useSession } from '../session/use-session.js';

/** For whoever is no operator there is nothing here; the service refuses them anyway. */
export function OperatorLayout() {
  const { data } = useSession();
  return data?.account.role === 'operator' ? <Outlet /> : <NotFound />;
}
