import { z } from 'zod';
import { certificateProblem } from './encryption-certificate.js';
import { addressProblem } from './notification-address.js';
import { parseSubscribedResource, type SubscribedResource } from './subscribed-resource.js';

/** Longest clientState. Source: Microsoft Graph documentation, subscription resource type. */
const CLIENT_STATE_MAX_LENGTH = 128;

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const creationSchema = z.strictObject({
  '@odata.type': z.string().optional(),
  changeType: z.string().min(1),
  notificationUrl: z.string(),
  lifecycleNotificationUrl: z.string().nullish(),
  resource: z.string().min(1),
  expirationDateTime: instant,
  clientState: z.string().max(CLIENT_STATE_MAX_LENGTH).nullish(),
  includeResourceData: z.boolean().nullish(),
  encryptionCertificate: z.string().nullish(),
  encryptionCertificateId: z.string().max(128).nullish(),
  latestSupportedTlsVersion: z.enum(['v1_0', 'v1_1', 'v1_2', 'v1_3']).nullish(),
  notificationQueryOptions: z.string().nullish(),
  notificationUrlAppId: z.string().nullish(),
});

const updateSchema = z.strictObject({
  '@odata.type': z.string().optional(),
  expirationDateTime: instant.optional(),
  notificationUrl: z.string().optional(),
  encryptionCertificate: z.string().optional(),
  encryptionCertificateId: z.string().max(128).optional(),
});

export type Creation = Omit<z.infer<typeof creationSchema>, '@odata.type'> & {
  readonly watched: SubscribedResource;
  readonly changeTypes: ReadonlySet<string>;
};
export type Update = z.infer<typeof updateSchema>;
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Reads the body of POST /subscriptions; expiry and quota are judged elsewhere. */
export function readCreation(body: unknown): Read<Creation> {
  const parsed = creationSchema.safeParse(body);
  if (!parsed.success) return refused(firstProblem(parsed.error));
  const { data } = parsed;
  const watched = parseSubscribedResource(data.resource);
  if (!watched) return refused(`Resource '${data.resource}' is not supported for change notifications.`);
  const changeTypes = readChangeTypes(data.changeType, watched);
  if (!changeTypes) return refused("Invalid 'changeType' attribute.");
  const problem =
    addressProblem('notificationUrl', data.notificationUrl) ??
    (data.lifecycleNotificationUrl
      ? addressProblem('lifecycleNotificationUrl', data.lifecycleNotificationUrl)
      : null) ??
    (data.notificationQueryOptions ? `'notificationQueryOptions' is not supported for this resource.` : null) ??
    resourceDataProblem(data, watched);
  return problem === null ? { ok: true, value: { ...data, watched, changeTypes } } : refused(problem);
}

/** Reads the body of PATCH /subscriptions/{id}: expiry, address and certificate are all that can be changed. */
export function readUpdate(body: unknown): Read<Update> {
  const parsed = updateSchema.safeParse(body);
  if (!parsed.success) return refused(firstProblem(parsed.error));
  const { notificationUrl, encryptionCertificate, encryptionCertificateId, expirationDateTime } = parsed.data;
  if ((encryptionCertificate === undefined) !== (encryptionCertificateId === undefined)) {
    return refused("'encryptionCertificate' and 'encryptionCertificateId' must be updated together.");
  }
  if ([notificationUrl, encryptionCertificate, expirationDateTime].every((field) => field === undefined)) {
    return refused("No updatable property was sent; send 'expirationDateTime'.");
  }
  const problem =
    (notificationUrl === undefined ? null : addressProblem('notificationUrl', notificationUrl)) ??
    (encryptionCertificate === undefined ? null : certificateProblem(encryptionCertificate));
  return problem === null ? { ok: true, value: parsed.data } : refused(problem);
}

function readChangeTypes(text: string, watched: SubscribedResource): ReadonlySet<string> | null {
  // The directory has no `created`: a new object arrives as `updated`.
  const allowed = watched.kind === 'events' ? ['created', 'updated', 'deleted'] : ['updated', 'deleted'];
  const types = text.split(',').map((type) => type.trim().toLowerCase());
  return types.every((type) => allowed.includes(type)) ? new Set(types) : null;
}

function resourceDataProblem(data: z.infer<typeof creationSchema>, watched: SubscribedResource): string | null {
  if (!data.includeResourceData) return null;
  if (watched.kind !== 'events') return `'includeResourceData' is not supported for resource '${data.resource}'.`;
  if (!/[?&]\$select=/i.test(data.resource)) return "With 'includeResourceData' the resource must carry $select.";
  if (!data.encryptionCertificateId) return "'encryptionCertificateId' is required with 'includeResourceData'.";
  return certificateProblem(data.encryptionCertificate ?? '');
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  const field = issue?.path.join('.');
  return field ? `Invalid '${field}' attribute: ${issue?.message}.` : `Invalid request body: ${issue?.message}.`;
}

function refused(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
