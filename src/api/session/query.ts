import type { Request } from 'express';

/** Longest value of a query parameter that is looked at: Entra's codes have some 1,000 characters. */
const PARAMETER_MAX_LENGTH = 4_096;

/** A query parameter that is there once and not overlong. */
export function parameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' && value.length <= PARAMETER_MAX_LENGTH ? value : undefined;
}

/** A browser that only looks ahead: nothing may begin or be used up by it. */
export function isSpeculative(request: Request): boolean {
  return /prefetch|prerender/i.test(request.get('sec-purpose') ?? request.get('purpose') ?? '');
}
