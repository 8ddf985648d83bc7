import type { ZodType } from 'zod';
import { GraphFailure } from '../graph-failure.js';

/** The body in the shape that is needed; another shape is a failure, never a guess. */
export function parsedBody<T>(
  schema: ZodType<T>,
  answer: { readonly body: unknown; readonly status: number; readonly requestId?: string | null },
): T {
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  const message = `Graph answered in an unexpected shape (${where || 'whole body'}). It is asked again later; report it if it lasts.`;
  const { status, requestId = null } = answer;
  throw new GraphFailure(message, { kind: 'unavailable', code: 'unexpected_answer', status, requestId });
}

/** The same as a value. */
export function parsedOrFailure<T>(
  schema: ZodType<T>,
  answer: { readonly body: unknown; readonly status: number },
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: GraphFailure } {
  try {
    return { ok: true, value: parsedBody(schema, answer) };
  } catch (error) {
    if (error instanceof GraphFailure) return { ok: false, failure: error };
    throw error;
  }
}
