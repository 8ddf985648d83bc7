import type { Note } from './types.js';

/** Somebody in GetHomeSafe, or something that they did, wants a person of the directory looked at anew. */
export function manualNote({ tenantId, objectId }: Pick<Note, 'tenantId' | 'objectId'>): Note {
  return { tenantId, objectId, kind: 'user', via: 'manual', notified: 0 };
}
