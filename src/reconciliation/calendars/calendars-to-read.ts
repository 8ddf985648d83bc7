import type { Calendars } from '../../mirror/calendars-store.js';
import type { Owner } from '../../sync/owner.js';

/**
 * Object ids of people whose calendars a run reads: everybody linked. Switched off, those that were followed are looked
 * at once more, and what is planned by them goes (E60).
 */
export async function calendarsToRead(
  deps: {
    calendars: Pick<Calendars, 'known'>;
    linked(of: Pick<Owner, 'enterpriseId' | 'tenantId'>): AsyncIterable<string>;
  },
  owner: Owner,
  isOn: boolean,
): Promise<Set<string>> {
  const objectIds = new Set(await deps.calendars.known(owner.tenantId));
  if (isOn) for await (const id of deps.linked(owner)) objectIds.add(id);
  return objectIds;
}
