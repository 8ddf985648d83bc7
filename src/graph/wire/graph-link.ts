import type { GraphConfig } from '../graph-config.js';
import { GraphFailure } from '../graph-failure.js';

const VERSION = '/v1.0';

/**
 * The absolute address of a path below /v1.0 or of a link that Graph handed us.
 *
 * @throws GraphFailure (rejected) for an address outside the configured Graph: a token would leak there.
 */
export function graphAddress(config: GraphConfig, pathOrLink: string): string {
  const text = pathOrLink.startsWith('/') ? `${config.graphBaseUrl}${VERSION}${pathOrLink}` : pathOrLink;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isOurs =
    url !== null &&
    url.origin === config.graphBaseUrl &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.startsWith(`${VERSION}/`);
  if (isOurs) return text;
  throw new GraphFailure(
    'A link leads outside the configured Microsoft Graph and was not followed. Check GRAPH_BASE_URL, and who answers there.',
    { kind: 'rejected', code: 'foreign_link' },
  );
}

/** The link if it may be followed, else null. */
export function followableOrNull(config: GraphConfig, link: string | undefined): string | null {
  if (link === undefined || link === '') return null;
  try {
    return graphAddress(config, link);
  } catch {
    return null;
  }
}
