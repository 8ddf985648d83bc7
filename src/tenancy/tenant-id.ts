import { AppError } from '../kernel/app-error.js';
import { normaliseGuid } from '../kernel/guid.js';

const NIL = '00000000-0000-0000-0000-000000000000';
const WHERE = 'Copy it from the Entra admin center: Identity, Overview, Tenant ID.';

/** The Tenant GUID that somebody typed, in lower case; an `AppError` that tells what was typed instead (S10, E73). */
export function tenantIdFrom(text: string): string {
  const tenantId = normaliseGuid(text);
  if (tenantId !== null && tenantId !== NIL) return tenantId;
  const bare = text.trim();
  if (bare === '') throw refusal(`The Tenant GUID is required. ${WHERE}`);
  if (tenantId === NIL) throw refusal(`This Tenant GUID is all zeros. ${WHERE}`);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(bare))
    throw refusal(`This looks like a web address; paste the Tenant ID. ${WHERE}`);
  if (/^(.*@)?[^\s@/]+\.[a-z][a-z0-9-]+(\/.*)?$/i.test(bare)) {
    throw refusal(`This looks like a domain; paste the Tenant ID. ${WHERE}`);
  }
  throw refusal(`This is no GUID such as 12345678-90ab-cdef-1234-567890abcdef. ${WHERE}`);
}

function refusal(message: string): AppError {
  return new AppError('invalid_tenant', message, { field: 'tenantId' });
}
