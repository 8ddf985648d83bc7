import { z } from 'zod';
import { type Clock, MINUTE_MS } from '../../kernel/clock.js';
import { GraphFailure } from '../graph-failure.js';
import type { Renewal } from '../subscription-types.js';
import type {
  CallOptions,
  GraphCalls,
  GraphSubscription,
  NewSubscription,
  SubscriptionCalls,
  SubscriptionRenewed,
} from '../types.js';
import { hasNoMailbox } from '../wire/no-mailbox.js';
import { parsedBody } from '../wire/parsed-body.js';
import { directoryId } from './directory-id.js';

const subscriptionSchema = z
  .object({
    id: z.string().min(1),
    resource: z.string(),
    changeType: z.string(),
    notificationUrl: z.string(),
    lifecycleNotificationUrl: z.string().nullish(),
    expirationDateTime: z.iso.datetime({ offset: true }),
    applicationId: z.string().nullish(),
    encryptionCertificateId: z.string().nullish(),
  })
  .transform((entry): GraphSubscription => {
    const { id, resource, changeType, notificationUrl, lifecycleNotificationUrl = null, applicationId = null } = entry;
    const expiresAt = new Date(entry.expirationDateTime);
    const certificateId = entry.encryptionCertificateId ?? null;
    const told = { id, resource, changeType, notificationUrl, lifecycleNotificationUrl };
    return { ...told, expiresAt, applicationId, certificateId };
  });

interface SubscriptionDeps {
  readonly calls: Pick<GraphCalls, 'request' | 'page' | 'batch'>;
  readonly clock: Clock;
}

/** The subscription resource, with every outcome that its caller can act on as a value. */
export function createSubscriptionCalls(deps: SubscriptionDeps): SubscriptionCalls {
  const { calls } = deps;
  return {
    createSubscription: (wanted, options) => create(wanted, options),
    listSubscriptions,
    getSubscription: async (id, options) => {
      const found = await outcomeOf(id, async (path) => {
        return { outcome: 'found' as const, subscription: await send({ path, ...options }) };
      });
      // Also a 404 that is not in Graph's own words: what is taken for gone here is only made anew.
      return found.outcome === 'failed' && found.failure.status === 404 ? { outcome: 'gone' } : found;
    },
    renewSubscription: (id, renewal, options) =>
      outcomeOf(id, async (path) => ({ outcome: 'renewed', subscription: await renew(path, renewal, options) })),
    renewSubscriptions: renewMany,
    deleteSubscription: (id, options) =>
      outcomeOf(id, async (path) => {
        await calls.request({ method: 'DELETE', path, repeatable: true, ...options });
        return { outcome: 'deleted' };
      }),
    reauthoriseSubscription: (id, options) =>
      outcomeOf(id, async (path) => {
        await calls.request({ method: 'POST', path: `${path}/reauthorize`, repeatable: true, ...options });
        return { outcome: 'reauthorised' };
      }),
  };

  async function create(
    wanted: NewSubscription,
    options: CallOptions = {},
  ): ReturnType<SubscriptionCalls['createSubscription']> {
    try {
      const subscription = await withinMaximum(wanted.expiresAt, (expiresAt) =>
        post({ ...wanted, expiresAt }, options),
      );
      return { outcome: 'created', subscription };
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      if (error.kind === 'conflict' || error.kind === 'quota') return { outcome: error.kind, failure: error };
      if (isMissingResource(error)) return { outcome: 'no_resource', failure: error };
      return { outcome: exchangeSaid(error) === 'forbidden' ? 'blocked' : 'failed', failure: error };
    }
  }

  function post(wanted: NewSubscription, options: CallOptions): Promise<GraphSubscription> {
    const { immutableIds = false, expiresAt, encryption, ...members } = wanted;
    const data = encryption ? { includeResourceData: true, ...encryption } : {};
    const body = {
      ...members,
      ...data,
      expirationDateTime: expiresAt.toISOString(),
      latestSupportedTlsVersion: 'v1_2',
    };
    const headers: Record<string, string> = immutableIds ? { Prefer: 'IdType="ImmutableId"' } : {};
    return send({ method: 'POST', path: '/subscriptions', body, headers, ...options });
  }

  function renew(
    path: string,
    { expiresAt, encryption }: Renewal,
    options: CallOptions = {},
  ): Promise<GraphSubscription> {
    return withinMaximum(expiresAt, (granted) => {
      return send({ ...renewalCall(path, { expiresAt: granted, encryption: encryption ?? null }), ...options });
    });
  }

  async function renewMany(
    renewals: ReadonlyMap<string, Renewal>,
    options: CallOptions = {},
  ): Promise<ReadonlyMap<string, SubscriptionRenewed>> {
    const items = [...renewals].map(([id, renewal]) => ({ id, ...renewalCall(pathOf(id), renewal) }));
    const answers = await calls.batch(items, options);
    const results = new Map<string, SubscriptionRenewed>();
    for (const [id, renewal] of renewals) {
      const answer = answers.get(id);
      const cap = answer?.ok === false ? maximumMinutes(answer.failure.detail) : null;
      const alone = cap === null ? renewal : { ...renewal, expiresAt: within(cap) };
      // Whatever is not settled by the batch is settled alone, such as a life that Graph caps.
      const again = answer === undefined || cap !== null ? (path: string) => renew(path, alone, options) : null;
      const settled = async () =>
        answer?.ok ? parsedBody(subscriptionSchema, answer) : Promise.reject(answer?.failure);
      results.set(
        id,
        await outcomeOf(id, async (path) => ({ outcome: 'renewed', subscription: await (again ?? settled)(path) })),
      );
    }
    return results;
  }

  /** Enforced maxima differ from the documented ones (10,070 minutes instead of 10,080): Graph names its own, once. */
  async function withinMaximum(
    expiresAt: Date,
    attempt: (expiresAt: Date) => Promise<GraphSubscription>,
  ): Promise<GraphSubscription> {
    try {
      return await attempt(expiresAt);
    } catch (error) {
      const minutes = error instanceof GraphFailure && error.kind === 'rejected' ? maximumMinutes(error.detail) : null;
      if (minutes === null) throw error;
      return attempt(within(minutes));
    }
  }

  function within(minutes: number): Date {
    return new Date(deps.clock.nowMs() + (minutes - 1) * MINUTE_MS);
  }

  async function send(call: Parameters<GraphCalls['request']>[0]): Promise<GraphSubscription> {
    return parsedBody(subscriptionSchema, await calls.request(call));
  }

  async function listSubscriptions(options: CallOptions = {}): Promise<GraphSubscription[]> {
    const found: GraphSubscription[] = [];
    for await (const page of calls.page({ path: '/subscriptions', ...options })) {
      // Strict: a subscription left out here would be taken for lost and made a second time.
      found.push(...page.value.map((entry) => parsedBody(subscriptionSchema, { body: entry, status: 200 })));
    }
    return found;
  }
}

function pathOf(id: string): string {
  return `/subscriptions/${directoryId(id)}`;
}

function renewalCall(path: string, { expiresAt, encryption }: Renewal) {
  const body = { expirationDateTime: expiresAt.toISOString(), ...encryption };
  return { method: 'PATCH', path, body, repeatable: true } as const;
}

async function outcomeOf<T>(
  id: string,
  work: (path: string) => Promise<T>,
): Promise<T | { outcome: 'gone' } | { outcome: 'failed'; failure: GraphFailure }> {
  try {
    return await work(pathOf(id));
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    // Code and wording of Graph's 404 differ by resource: every one means that Graph does not have it.
    if (error.kind === 'not_found' || error.kind === 'gone') return { outcome: 'gone' };
    return { outcome: 'failed', failure: error };
  }
}

/** "Subscription expiration can only be 10070 minutes in the future." (live answer; threads of three projects). */
function maximumMinutes(detail: string | null): number | null {
  const match = /can only be (\d{1,6}) minutes/i.exec(detail ?? '');
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** Exchange says so in words inside an ExtensionError: "Operation: Create; Exception: [Status Code: NotFound; …]". */
function isMissingResource(failure: GraphFailure): boolean {
  if (failure.kind === 'not_found') return true;
  if (failure.kind !== 'rejected') return false;
  return hasNoMailbox(failure) || exchangeSaid(failure) === 'notfound';
}

/** The status of the workload itself, lower case, whatever Graph's own is; null where it is not an ExtensionError. */
function exchangeSaid({ code, detail }: GraphFailure): string | null {
  const match = code === 'ExtensionError' ? /status code:\s*(\w+)/i.exec(detail ?? '') : null;
  return match?.[1]?.toLowerCase() ?? null;
}
