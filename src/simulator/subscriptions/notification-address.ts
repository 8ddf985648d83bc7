const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Why Graph would not send to this address, or null where it would: https, and plain http for loopback only. */
export function addressProblem(field: string, address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url) return `Invalid '${field}' attribute: it must be an absolute URL.`;
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:' && LOOPBACK.test(url.hostname)) return null;
  return `Invalid '${field}' attribute: it must be an https URL.`;
}
