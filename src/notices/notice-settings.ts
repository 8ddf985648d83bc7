import { z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import { keyId } from '../kernel/secrets.js';
import { parseEmailAddress } from '../projection/email-address.js';
import { writeAudit } from '../store/audit-log.js';
import type { Store } from '../store/connect.js';
import { inTransaction } from '../store/in-transaction.js';
import { checked } from '../tenancy/checked-input.js';
import { NOTICE_KINDS, NOTICE_SETTINGS, type NoticeKind, type NoticeSettingsRow, unset } from './types.js';
import { isLoopbackHost, isPrivateHost } from './webhook/public-address.js';
import { webhookSecret } from './webhook/signature.js';

/** Most addresses that are told. */
export const EMAILS_MOST = 20;
/** Longest address of a webhook, in characters. */
const URL_MOST = 2_000;
const SALT_BYTES = 18;

export interface NoticeSettingsPatch {
  readonly emails?: readonly string[];
  readonly off?: readonly NoticeKind[];
  /** null: no webhook any more. */
  readonly webhook?: null;
}

export interface ChangeBy {
  readonly by: string;
  /** Only if nobody changed them since that was read. */
  readonly revision?: number;
}

/** Who is told how. `enterpriseId` may be `-`, the installation. */
export interface NoticeSettings {
  get(enterpriseId: string): Promise<NoticeSettingsRow>;
  /** @throws AppError invalid_input, changed_meanwhile */
  set(enterpriseId: string, patch: NoticeSettingsPatch, by: ChangeBy): Promise<NoticeSettingsRow>;
  /**
   * Sets the address of the webhook and makes a new secret for it, which is told only now.
   *
   * @throws AppError invalid_input, changed_meanwhile
   */
  setWebhook(
    enterpriseId: string,
    url: string,
    by: ChangeBy,
  ): Promise<{ readonly row: NoticeSettingsRow; readonly secret: string }>;
  /** The secret that messages are signed with; null: its application secret was taken out. */
  secretOf(row: NoticeSettingsRow): string | null;
}

export interface NoticeSettingsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly appSecrets: readonly string[];
  /** A receiver on this machine will do, over plain http: for development. */
  readonly allowsLoopback: boolean;
}

const patchSchema = z
  .strictObject({
    emails: z.array(z.string().transform(anAddress)).max(EMAILS_MOST, `are too many: at most ${EMAILS_MOST}`),
    off: z.array(z.enum(NOTICE_KINDS, { error: `is none of ${NOTICE_KINDS.join(', ')}` })),
    webhook: z.null(),
  })
  .partial();

function anAddress(text: string, context: z.RefinementCtx): string {
  const found = parseEmailAddress(text);
  if (found !== null) return found.address;
  context.addIssue({ code: 'custom', message: 'is no e-mail address' });
  return z.NEVER;
}

export function createNoticeSettings(deps: NoticeSettingsDeps): NoticeSettings {
  const { store, appSecrets } = deps;
  const rows = store.collection<NoticeSettingsRow>(NOTICE_SETTINGS);
  return {
    get: async (enterpriseId) => (await rows.findOne({ _id: enterpriseId })) ?? unset(enterpriseId),
    set: async (enterpriseId, given, by) => {
      const { emails, off, webhook } = checked(patchSchema, given);
      return change(enterpriseId, by, (row) => ({
        ...row,
        ...(emails === undefined ? {} : { emails: [...new Set(emails)] }),
        ...(off === undefined ? {} : { off: NOTICE_KINDS.filter((kind) => off.includes(kind)) }),
        ...(webhook === undefined ? {} : { webhook }),
      }));
    },
    setWebhook: async (enterpriseId, text, by) => {
      const url = checkedUrl(text, deps);
      const [first] = appSecrets;
      if (first === undefined) throw new Error('There is no secret to derive from: APP_SECRET is empty.');
      const salt = deps.chance.token(SALT_BYTES);
      const webhook = { url, keyId: keyId(first), salt, since: deps.clock.now() };
      const row = await change(enterpriseId, by, (before) => ({ ...before, webhook }));
      return { row, secret: webhookSecret([first], { enterpriseId, webhook }) ?? '' };
    },
    secretOf: ({ _id: enterpriseId, webhook }) =>
      webhook === null ? null : webhookSecret(appSecrets, { enterpriseId, webhook }),
  };

  function change(
    enterpriseId: string,
    { by, revision }: ChangeBy,
    next: (row: NoticeSettingsRow) => NoticeSettingsRow,
  ): Promise<NoticeSettingsRow> {
    return inTransaction(deps, async (session) => {
      const row = (await rows.findOne({ _id: enterpriseId }, { session })) ?? unset(enterpriseId);
      if (revision !== undefined && revision !== row.revision) throw changedMeanwhile();
      const after = { ...next(row), revision: row.revision + 1 };
      await rows.replaceOne({ _id: enterpriseId }, after, { upsert: true, session });
      const entry = { enterpriseId, who: by, what: 'notices.changed', before: audited(row), after: audited(after) };
      await writeAudit(deps, session, entry);
      return after;
    });
  }
}

/** The path of a webhook may itself be a secret of its receiver. */
export function originOf({ webhook }: NoticeSettingsRow): string | null {
  return webhook === null ? null : new URL(webhook.url).origin;
}

function audited(row: NoticeSettingsRow) {
  const { emails, off, webhook } = row;
  return { emails, off, webhook: originOf(row), webhookSecretSince: webhook?.since ?? null };
}

function changedMeanwhile(): AppError {
  const text = 'Somebody else changed these settings meanwhile: load them again, then repeat your change.';
  return new AppError('changed_meanwhile', text, { status: 409 });
}

function checkedUrl(text: string, { allowsLoopback }: NoticeSettingsDeps): string {
  const refuse = (why: string) => new AppError('invalid_input', `webhook ${why}`, { field: 'webhook' });
  if (!URL.canParse(text.trim()) || text.length > URL_MOST)
    throw refuse('is no address: give one such as https://host.example/notices.');
  const url = new URL(text.trim());
  const isLocal = isLoopbackHost(url.hostname);
  if (isLocal && !allowsLoopback) throw refuse('is this machine: give a receiver on the internet.');
  if (!isLocal && isPrivateHost(url.hostname)) throw refuse('is a private address: give a receiver on the internet.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) throw refuse('has to begin with https://.');
  if (url.username !== '' || url.password !== '') throw refuse('has a user or password in it: leave them out.');
  url.hash = '';
  return url.href;
}
