export interface AppErrorOptions {
  readonly status?: number;
  readonly field?: string;
  readonly command?: string;
  readonly cause?: unknown;
}

/**
 * A failure that its reader can mend: `message` says what is wrong and what to do, `code` is for programs,
 * `status` is the HTTP status that fits, `field` names the input it is about. `command` is what an operator types to see
 * more or to mend it: told on the command line only, because whoever reads the portal has none.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly status: number;
  readonly field: string | undefined;
  readonly command: string | undefined;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 400;
    this.field = options.field;
    this.command = options.command;
  }
}

/** The message of anything that was thrown; of what a MongoDB server refused its code, because its words repeat values. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code, codeName = null } = error as Error & { code?: unknown; codeName?: string };
  if (!name.startsWith('Mongo') || typeof code !== 'number') return message;
  return `error ${code} of MongoDB${codeName === null ? '' : ` (${codeName})`}`;
}

/** The same with what kind of error it is, and where it was thrown. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  return [`${error.name}: ${messageOf(error)}`, ...frames].join('\n');
}
