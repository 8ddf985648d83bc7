import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { keepsAnswer, type Route } from './route.js';

const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What is wrong and what to do, in words for people.' }),
    code: z.string().meta({ description: 'For programs; never changes for one kind of problem.' }),
    field: z.string().optional().meta({ description: 'The input that it is about.' }),
  })
  .meta({ id: 'Error', description: 'RFC 9457' });

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The input is wrong; `field` names it.',
  401: 'Nobody is signed in, or the session or token has ended.',
  403: 'The role does not allow it, or the request came from another site.',
  404: 'There is no such thing in this enterprise.',
};
const BODY_ERRORS: Readonly<Record<number, string>> = {
  409: 'It does not fit how things stand.',
  413: 'The body is too large.',
  415: 'The body is no JSON.',
  422: 'The Idempotency-Key was used for something else.',
  503: 'Too much is written at once: look whether it was done, then try again.',
};

/** The OpenAPI 3.1 document, from the very schemas that check requests and answers. */
export function describeRoutes(routes: readonly Route[], { version }: { version: string }): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'GetHomeSafe x Microsoft Entra ID',
      version,
      description: 'Everything that the Integrations page does. Instants are UTC, durations milliseconds.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }, { session: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of `ghs token create`.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-ghs-session', description: 'Of the page itself.' },
      },
    },
    paths: paths as ZodOpenApiPathsObject,
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { tag, summary, need, query, body, status } = route;
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const headers = {
    ...(keepsAnswer(route) ? { 'Idempotency-Key': z.string().min(1).max(100).optional() } : {}),
    ...(route.etag && route.method !== 'get' ? { 'If-Match': z.string().optional() } : {}),
  };
  const errors = { ...ERRORS, ...(route.method === 'get' ? {} : BODY_ERRORS), ...route.errors };
  return {
    operationId: operationId(route),
    ...{ tags: [tag], summary, description: NEEDS_IN_WORDS[need] },
    requestParams: {
      ...(params.length > 0 ? { path: z.object(Object.fromEntries(params.map((name) => [name, z.string()]))) } : {}),
      ...(query ? { query } : {}),
      ...(Object.keys(headers).length > 0 ? { header: z.object(headers) } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      [status]: { description: 'Done.', content: contentOf(route) },
      ...Object.fromEntries(
        Object.entries(errors).map(([code, description]) => [
          code,
          { description, content: { 'application/problem+json': { schema: problem } } },
        ]),
      ),
    },
  } as ZodOpenApiOperationObject;
}

const NEEDS_IN_WORDS = {
  read: 'For readers, account administrators and operators.',
  change: 'For account administrators and operators.',
  operate: 'For operators.',
} as const;

function contentOf({ answer, stream }: Route) {
  if (stream !== null) return { [stream]: { schema: { type: 'string' as const } } };
  return { 'application/json': { schema: answer ?? z.unknown() } };
}

/** `GET /enterprises/{enterpriseId}/runs/{run}` is `getEnterprisesRunsByRun`. */
function operationId({ method, path }: Route): string {
  const words = path.split('/').filter((part) => part !== '' && part !== '{enterpriseId}');
  const named = words.map((part) => (part.startsWith('{') ? `by-${part.slice(1, -1)}` : part)).join('-');
  return `${method}-${named}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
