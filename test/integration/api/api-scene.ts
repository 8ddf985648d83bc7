import type { RequestHandler } from 'express';
import { createApiRouter } from '../../../src/api/api-router.js';
import type { Principal } from '../../../src/api/frame/principal.js';
import { createApp } from '../../../src/http/create-app.js';
import { listen } from '../../../src/http/listen.js';
import { createLog } from '../../../src/kernel/log.js';
import { type Stack, type StackOptions, startStack } from '../../support/stack.js';

export type Caller = 'admin' | 'reader' | 'operator' | 'foreign' | 'nobody';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it wants to see
  readonly body: any;
}

export interface ApiScene {
  readonly stack: Stack;
  readonly url: string;
  /** Path of the enterprise below /api/v1. */
  readonly base: string;
  call(who: Caller, method: string, path: string, body?: unknown): Promise<Answered>;
  close(): Promise<void>;
}

export async function startApiScene(options: StackOptions = {}): Promise<ApiScene> {
  const stack = await startStack(options);
  const { enterpriseId, services, microsoft } = stack;
  const { _id: elsewhere } = await services.structure.createEnterprise({ name: 'Elsewhere', by: 'test' });
  const { connect, proofs, subscriptions } = microsoft;
  const parts = { ...services, connect, proofs, renewDue: subscriptions.renewDue };
  const authenticate = byToken({ enterpriseId, elsewhere });
  const router = createApiRouter({ services: parts, authenticate, version: 'test' });
  const app = createApp({
    ...{ intake: null, routers: [{ path: '/', router }], trustProxy: false },
    log: createLog(process.env['GHS_TEST_LOG'] ?? 'silent'),
  });
  const http = await listen(app, { port: 0, host: '127.0.0.1', clock: services.clock });
  const url = `http://127.0.0.1:${http.port}`;
  return {
    ...{ stack, url, base: `/enterprises/${enterpriseId}` },
    call: (who, method, path, body) => call(`${url}/api/v1${path}`, { who, method, body }),
    close: async () => {
      await http.close();
      await stack.close();
    },
  };
}

async function call(
  url: string,
  { who, method, body }: { who: Caller; method: string; body: unknown },
): Promise<Answered> {
  const headers = {
    ...(who === 'nobody' ? {} : { authorization: `Bearer ${who}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const response = await fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function byToken({ enterpriseId, elsewhere }: { enterpriseId: string; elsewhere: string }): RequestHandler {
  const principals: Readonly<Record<string, Principal>> = {
    admin: { who: 'account:admin', role: 'admin', enterpriseId },
    reader: { who: 'account:reader', role: 'reader', enterpriseId },
    foreign: { who: 'account:foreign', role: 'admin', enterpriseId: elsewhere },
    operator: { who: 'account:operator', role: 'operator', enterpriseId: null },
  };
  return (request, response, next) => {
    const principal = principals[/^Bearer (\w+)$/.exec(request.get('authorization') ?? '')?.[1] ?? ''];
    if (principal) response.locals['principal'] = principal;
    next();
  };
}
