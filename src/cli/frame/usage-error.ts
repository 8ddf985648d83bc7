import { AppError } from '../../kernel/app-error.js';

/** The command line itself is wrong: exit code 2. */
export class UsageError extends AppError {
  constructor(message: string, field?: string) {
    super('bad_usage', message, field === undefined ? {} : { field });
  }
}
