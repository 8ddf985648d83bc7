import { AppError } from '../../../kernel/app-error.js';
import type { RunRow } from '../../../reconciliation/types.js';
import type { ApiServices } from '../../api-services.js';

/** A run of the enterprise. @throws AppError run_not_found */
export async function runOf(
  { runs }: Pick<ApiServices, 'runs'>,
  { enterpriseId, run: id }: { enterpriseId: string; run: string },
): Promise<RunRow> {
  const found = await runs.get(id);
  if (found?.enterpriseId === enterpriseId) return found;
  throw new AppError('run_not_found', 'There is no such run in this enterprise.', { status: 404, field: 'run' });
}
