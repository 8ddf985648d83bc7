import type { Response } from 'express';
import type { ZodObject, ZodRawShape, ZodType, z } from 'zod';
import type { Need } from '../../access/may.js';
import type { Principal } from '../../access/types.js';
import type { ApiServices } from '../api-services.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The names in braces of a path. */
type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<Rest>
  : unknown;

/** What a route gets of a request: everything is checked already. */
export interface RouteInput<Params, Query, Body> {
  readonly services: ApiServices;
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** What `If-Match` says, without its quotes; undefined where it was not sent or is `*`. */
  readonly ifMatch: string | undefined;
  /** Ends when the caller has gone. */
  readonly signal: AbortSignal;
}

/** What is told is only read. */
type Told<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Told<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Told<T[K]> }
      : T;

export interface RouteSpec<
  Path extends string,
  Query extends ZodRawShape,
  Body extends ZodType,
  Answer extends ZodType,
> {
  readonly method: Method;
  /** Below `/api/v1`, with parameters in braces: `/enterprises/{enterpriseId}/runs`. */
  readonly path: Path;
  readonly tag: string;
  /** One sentence of what it does, for the OpenAPI document. */
  readonly summary: string;
  readonly need: Need;
  readonly query?: ZodObject<Query>;
  readonly body?: Body;
  readonly answer: Answer;
  /** The answer holds a secret that is told only now: it is kept nowhere, and a repetition makes another one. */
  readonly secret?: boolean;
  /** Default 200. */
  readonly status?: 200 | 201 | 202;
  /** Errors beside those that every route has, by status, for the OpenAPI document. */
  readonly errors?: Readonly<Record<number, string>>;
  /** The version of what is answered, for `ETag`. */
  readonly etag?: (answer: z.output<Answer>) => string;
  run(input: RouteInput<ParamsOf<Path>, z.output<ZodObject<Query>>, z.output<Body>>): Promise<Told<z.input<Answer>>>;
}

export interface StreamSpec<Path extends string, Query extends ZodRawShape> {
  readonly method: 'get';
  readonly path: Path;
  readonly tag: string;
  readonly summary: string;
  readonly need: Need;
  readonly query?: ZodObject<Query>;
  /** Media type of what is written. */
  readonly stream: string;
  /** Errors beside those that every route has, by status, for the OpenAPI document. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Writes the answer itself; whatever it throws before the first byte becomes a problem. */
  serve(input: RouteInput<ParamsOf<Path>, z.output<ZodObject<Query>>, undefined>, response: Response): Promise<void>;
}

/** A route as the frame mounts and describes it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly need: Need;
  readonly query: ZodObject | null;
  readonly body: ZodType | null;
  readonly answer: ZodType | null;
  readonly stream: string | null;
  readonly status: number;
  readonly secret: boolean;
  readonly errors: Readonly<Record<number, string>>;
  readonly etag: ((answer: unknown) => string) | null;
  readonly run: (input: RouteInput<never, never, never>, response: Response) => Promise<unknown>;
}

/** Whether a repetition with the same `Idempotency-Key` gets the answer of the first: that of an act without a secret. */
export function keepsAnswer({ method, need, secret }: Route): boolean {
  return method !== 'get' && need !== 'read' && !secret;
}

/** A route whose answer is a JSON document. */
export function route<
  const Path extends string,
  Query extends ZodRawShape = Record<never, never>,
  Body extends ZodType = z.ZodUndefined,
  Answer extends ZodType = ZodType,
>(spec: RouteSpec<Path, Query, Body, Answer>): Route {
  return {
    ...{ method: spec.method, path: spec.path, tag: spec.tag, summary: spec.summary, need: spec.need },
    ...{ query: strictly(spec.query), body: spec.body ?? null, answer: spec.answer, stream: null },
    ...{ status: spec.status ?? 200, secret: spec.secret ?? false, errors: spec.errors ?? {} },
    etag: (spec.etag as Route['etag']) ?? null,
    run: spec.run as Route['run'],
  };
}

/** A route that writes something else than JSON: an export, or events. */
export function streamRoute<const Path extends string, Query extends ZodRawShape = Record<never, never>>(
  spec: StreamSpec<Path, Query>,
): Route {
  return {
    ...{ method: spec.method, path: spec.path, tag: spec.tag, summary: spec.summary, need: spec.need },
    ...{
      query: strictly(spec.query),
      body: null,
      answer: null,
      stream: spec.stream,
      status: 200,
      secret: false,
      errors: spec.errors ?? {},
      etag: null,
    },
    run: spec.serve as Route['run'],
  };
}

/** A parameter that a route does not know is refused, so that a misspelt one is not left out in silence. */
function strictly(query: ZodObject | undefined): ZodObject | null {
  return query?.strict() ?? null;
}
