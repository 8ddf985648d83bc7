import { Outlet } from 'react-router';
import { useSession } from '../session/use-session.js';
import { NotFound } from '../shell/not-found.js';
import { isOperator } from './operator-sections.js';

/** For whoever is no operator there is nothing here; the service refuses them anyway. */
export function OperatorLayout() {
  const { data } = useSession();
  return data && isOperator(data) ? <Outlet /> : <NotFound />;
}
