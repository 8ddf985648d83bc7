import { normaliseGuid } from '../../kernel/guid.js';
import { GraphFailure } from '../graph-failure.js';

/**
 * The id as it goes into a path.
 *
 * @throws GraphFailure (rejected) for anything but a GUID: paths are built from checked ids only
 */
export function directoryId(id: string): string {
  const guid = normaliseGuid(id);
  if (guid !== null) return guid;
  throw new GraphFailure('An id of a directory object is not a GUID and was not asked for.', {
    kind: 'rejected',
    code: 'bad_id',
  });
}

/** Splits ids into those that may be asked for and the failure of the others; each id once. */
export function sortIds(ids: readonly string[]): { good: Map<string, string>; bad: Map<string, GraphFailure> } {
  const good = new Map<string, string>();
  const bad = new Map<string, GraphFailure>();
  for (const id of ids) {
    try {
      good.set(id, directoryId(id));
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      bad.set(id, error);
    }
  }
  return { good, bad };
}
