import { z } from 'zod';
import { startChild } from './start-child.js';

const toldSchema = z.object({
  url: z.string(),
  control: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  tenantId: z.string(),
  /** Empty tenants beside it. */
  otherIds: z.array(z.string()),
  groupIds: z.array(z.string()),
  personIds: z.array(z.string()),
  /** Direct members who are people, by group. */
  memberIds: z.record(z.string(), z.array(z.string())),
});

const changeSchema = z.object({ at: z.iso.datetime(), id: z.string() });
const answersSchema = z.object({ answers: z.record(z.string(), z.number()) });
const tokenSchema = z.object({ access_token: z.string() });

export interface SimulatedTenant extends z.infer<typeof toldSchema> {
  /** One edit from outside; answers the instant of its commit, in ms since 1970, and the object's id. */
  change(edit: Edit): Promise<{ atMs: number; id: string }>;
  /** An access token for the application. */
  token(): Promise<string>;
  /** How many answers Graph gave so far by status, those inside batches included. */
  answers(): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

export interface Edit {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `_control`; what begins with `~/` lies in the tenant. */
  readonly path: string;
  readonly body?: unknown;
}

/** Starts a simulated tenant in a process of its own. */
export async function startTenant(
  size: { people: number; groups: number; events?: number; others?: number },
  inherit: Readonly<Record<string, string | undefined>>,
): Promise<SimulatedTenant> {
  const args = [size.people, size.groups, size.events ?? 0, size.others ?? 0].map(String);
  const child = await startChild('serve-simulator', { args, inherit });
  const told = toldSchema.parse(child.told);
  const answers = async () => answersSchema.parse(await child.ask({ count: true }, 10_000)).answers;
  return { ...told, change, token, answers, stop: () => child.stop() };

  async function change({ method, path, body }: Edit): Promise<{ atMs: number; id: string }> {
    const address = path.startsWith('~/') ? `/tenants/${told.tenantId}${path.slice(1)}` : path;
    const response = await fetch(`${told.control}${address}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`The simulator refused ${method} ${address}: ${await response.text()}`);
    const { at, id } = changeSchema.parse(await response.json());
    return { atMs: Date.parse(at), id };
  }

  async function token(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: told.clientId,
      client_secret: told.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    });
    const address = `${told.url}/${told.tenantId}/oauth2/v2.0/token`;
    const response = await fetch(address, { method: 'POST', body: form, signal: AbortSignal.timeout(30_000) });
    return tokenSchema.parse(await response.json()).access_token;
  }
}
