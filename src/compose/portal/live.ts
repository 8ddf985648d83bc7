import type { Access } from '../../access/access.js';
import { may } from '../../access/may.js';
import { createLiveFeed } from '../../api/live/live-feed.js';
import { createLiveRoute, type LiveRouteDeps } from '../../api/live/live-route.js';
import { credentialOf } from '../../api/session/authenticate.js';
import type { Services } from '../../compose.js';
import { AppError } from '../../kernel/app-error.js';

/** Live updates of this process: one look at the database for everybody who watches, and the route to watch by. */
export function composeLive(
  { live, clock, log }: Pick<Services, 'live' | 'clock' | 'log'>,
  { access, publicUrl }: { access: Access; publicUrl: string },
) {
  const feed = createLiveFeed({ live, clock, log });
  const mayListen: LiveRouteDeps['mayListen'] = async (request, enterpriseId) => {
    const given = credentialOf(request, publicUrl);
    const principal = given === null ? null : await access.authenticate(given, { isUse: false });
    if (principal === null || !may(principal, { enterpriseId, need: 'read' })) {
      throw new AppError('not_signed_in', 'Sign in again to go on watching.', { status: 401 });
    }
    return { principal: principal.id };
  };
  return { feed, watch: createLiveRoute({ feed, clock, mayListen }) };
}
