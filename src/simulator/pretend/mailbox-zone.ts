import { ianaZone } from '../world/calendar/time-zones.js';
import type { DirectoryUser } from '../world/types.js';

/** The zone in which a mailbox shows its times: by the name that Exchange gives it, and by the IANA name. */
export function mailboxZone(user: DirectoryUser | undefined): { readonly timeZone: string; readonly iana: string } {
  const mailbox = user?.mailbox;
  const named = typeof mailbox === 'object' ? mailbox.timeZone : 'UTC';
  const iana = ianaZone(named);
  return iana === null ? { timeZone: 'UTC', iana: 'UTC' } : { timeZone: named, iana };
}
