import type { Role } from '../../../src/access/types.js';
import { type Stack, type StackOptions, startStack } from '../stack.js';

/** A stack whose portal has people to sign in and programs to use its API. */
export interface PortalStack extends Stack {
  /** Of the enterprise `enterpriseId`. */
  readonly tokens: {
    readonly admin: string;
    readonly reader: string;
    readonly operator: string;
    readonly foreign: string;
  };
  /** Where the token `foreign` is account administrator. */
  readonly foreignEnterpriseId: string;
  readonly user: { readonly userName: string; readonly password: string };
  readonly reader: { readonly userName: string; readonly password: string };
  readonly operator: { readonly userName: string; readonly password: string };
  /** Sends a request to the API, by the administrator's token unless told; answers status, headers and document. */
  api(path: string, sending?: ApiSending): Promise<ApiAnswer>;
}

export interface ApiSending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default admin; null: nobody. */
  readonly as?: keyof PortalStack['tokens'] | null;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON document; the text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape the contract test checks.
  readonly body: any;
}

const PASSWORD = 'correct horse battery staple';

export async function startPortalStack(options: StackOptions = {}): Promise<PortalStack> {
  const stack = await startStack(options);
  const { services, enterpriseId, url } = stack;
  const by = 'test';
  const foreign = await services.structure.createEnterprise({ name: 'Other Power', by });
  const account = async (userName: string, role: Role, of: string | null) => {
    await services.accounts.create({
      ...{ userName, role, enterpriseId: of, password: PASSWORD, microsoft: null, by },
    });
    return { userName, password: PASSWORD };
  };
  const token = async (role: Role, of: string | null) =>
    (await services.bearerTokens.create({ name: `test ${role}`, role, enterpriseId: of, by })).token;
  const tokens = {
    admin: await token('admin', enterpriseId),
    reader: await token('reader', enterpriseId),
    operator: await token('operator', null),
    foreign: await token('admin', foreign._id),
  };
  return {
    ...stack,
    ...{ tokens, foreignEnterpriseId: foreign._id },
    user: await account('anna@kiwi.example', 'admin', enterpriseId),
    reader: await account('rita@kiwi.example', 'reader', enterpriseId),
    operator: await account('otto@support.example', 'operator', null),
    api: (path, sending = {}) => send(`${url}/api/v1${path}`, { tokens, ...sending }),
  };
}

async function send(
  address: string,
  { tokens, method = 'GET', body, headers = {}, as = 'admin' }: ApiSending & Pick<PortalStack, 'tokens'>,
): Promise<ApiAnswer> {
  const response = await fetch(address, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${tokens[as]}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}
