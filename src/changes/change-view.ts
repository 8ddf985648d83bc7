import type { ChangeRow } from './types.js';

/** An open or parked change as operators see it: without its mark, and without what it carries of events. */
export function changeView({ _id: id, mark: _mark, seen: _seen, ...row }: ChangeRow) {
  return { id, ...row };
}
