import { Outlet } from 'react-router';
import { NotFound } from '../frame/not-found.js';
import { useSession } from '../session/use-session.js';
import { isOperator } from './operator-sections.js';

/** For whoever is no operator there is nothing here; the service refuses them anyway. */
export function OperatorLayout() {
  const { data } = useSession();
  return data && isOperator(data) ? <Outlet /> : <NotFound />;
}
