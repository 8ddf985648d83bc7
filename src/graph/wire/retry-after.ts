/**
 * Milliseconds that a Retry-After header asks for, given as seconds or as an HTTP date; null where there is none or
 * it cannot be read. Not capped: a caller decides how far to obey.
 */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
