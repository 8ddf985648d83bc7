import { AppError } from '../kernel/app-error.js';

/** How this installation proves itself to Entra ID. Keys and certificates are PEM texts. */
export type GraphCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly privateKey: string; readonly certificate: string };

/** Where Entra ID and Microsoft Graph are, and as which application we speak. */
export interface GraphConfig {
  readonly clientId: string;
  readonly credential: GraphCredential;
  /** Origin such as https://login.microsoftonline.com; plain http for loopback only. */
  readonly authorityHost: string;
  /** Origin such as https://graph.microsoft.com, without /v1.0; plain http for loopback only. */
  readonly graphBaseUrl: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The config with both addresses as bare origins; an `AppError` where a token would travel in the open. */
export function checkedGraphConfig(config: GraphConfig): GraphConfig {
  return {
    ...config,
    authorityHost: safeOrigin(config.authorityHost, 'AZURE_AUTHORITY_HOST'),
    graphBaseUrl: safeOrigin(config.graphBaseUrl, 'GRAPH_BASE_URL'),
  };
}

/** The scope that stands for all consented application permissions at this cloud's Graph. */
export function graphScope(config: GraphConfig): string {
  // A simulator on loopback stands in for the global cloud, whose scope it expects.
  const resource = config.graphBaseUrl.startsWith('http:') ? 'https://graph.microsoft.com' : config.graphBaseUrl;
  return `${resource}/.default`;
}

function safeOrigin(text: string, field: string): string {
  if (!URL.canParse(text)) {
    throw new AppError('bad_address', `${field} is not an address: give one like https://host.`, { field });
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) {
    const message = `${field} must begin with https://. Plain http is for loopback hosts only, because tokens travel on it.`;
    throw new AppError('insecure_address', message, { field });
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new AppError('bad_address', `${field} must be a bare origin such as ${url.origin}, without a path.`, {
      field,
    });
  }
  return url.origin;
}
