import type { Config } from '../config/config.js';
import { outgoingFetch } from '../graph/client/outgoing.js';
import { graphEventOf } from '../graph/graph-event.js';
import { type ContentKeys, openContent } from '../graph/rich/open-content.js';
import { openNotification } from '../graph/rich/open-notification.js';
import { type OurCertificate, ourCertificate } from '../graph/rich/our-certificates.js';
import { createPublisherKeys } from '../graph/rich/publisher-keys.js';
import { readPublisherKeys } from '../graph/rich/read-publisher-keys.js';
import { checkValidationTokens } from '../graph/rich/validation-tokens.js';
import type { EncryptionCertificate } from '../graph/subscription-types.js';
import type { RichOpened, RichReader } from '../intake/rich-post.js';
import { AppError, messageOf } from '../kernel/app-error.js';
import { type Clock, HOUR_MS, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { eventOf } from '../projection/calendar/event-of.js';

/** What needs neither database nor network to be said of a rich notification. */
export const richPreviews = { notification: openNotification };

/** How long Entra ID may take for its keys, which nobody waits for. */
const KEYS_WITHIN_MS = 10 * SECOND_MS;
/** How often the keys are looked at by themselves: they are read again long before they are too old. */
const LOOK_EVERY_MS = HOUR_MS;

/** For which certificate new subscriptions on calendars are; null: their notifications are plain. */
export function encryptionOf(config: Pick<Config, 'richNotifications'>): EncryptionCertificate | null {
  const [first] = ourCertificates(config);
  if (first === undefined) return null;
  const { encryptionCertificate, encryptionCertificateId } = first;
  return { encryptionCertificate, encryptionCertificateId };
}

export interface RichIntake {
  readonly reader: RichReader;
  stop(): Promise<void>;
}

/** Reads what rich notifications carry; null where they are off. The keys of Entra ID are kept fresh beside it. */
export function startRichIntake(config: Config, { clock, log }: { clock: Clock; log: Log }): RichIntake | null {
  if (config.richNotifications === null) return null;
  const contentKeys: ContentKeys = new Map(
    ourCertificates(config).map((each) => [each.encryptionCertificateId, each.privateKey]),
  );
  const { authorityHost, clientId } = config.azure;
  const send = outgoingFetch(config.proxy) ?? fetch;
  const fetchKeys = () => readPublisherKeys({ fetch: send, limitMs: KEYS_WITHIN_MS, authorityHost });
  const keys = createPublisherKeys({ fetchKeys, clock, log });
  const deps = { keys, clock, clientId, authorityHost };
  const reader: RichReader = {
    verify: (tokens, tenantIds) => {
      const verdict = checkValidationTokens(deps, { tokens, tenantIds });
      return verdict.ok ? 'verified' : verdict.reason;
    },
    open: (encrypted) => openedEvent(encrypted, contentKeys),
  };
  const stopping = new AbortController();
  const refreshing = keepFresh();
  return {
    reader,
    stop: () => {
      stopping.abort();
      return refreshing;
    },
  };

  async function keepFresh(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Never fails; not waited for, so that stopping does not wait for Entra ID.
      void keys.refresh();
      await clock.sleep(LOOK_EVERY_MS, stopping.signal).catch(() => {});
    }
  }
}

/** The event as the mirror would keep it: of a private one the times only (E49). */
function openedEvent(encrypted: unknown, keys: ContentKeys): RichOpened {
  const opened = openContent(encrypted, keys);
  if (!opened.ok) return opened;
  const raw = graphEventOf(opened.content);
  const event = eventOf(raw);
  const isClear = event !== null && !('unreadable' in event);
  return { ok: true, id: raw.id ?? '', event: isClear ? { ...event } : null };
}

function ourCertificates({ richNotifications }: Pick<Config, 'richNotifications'>): readonly OurCertificate[] {
  return (richNotifications ?? []).map((pem, index) => {
    try {
      return ourCertificate(pem);
    } catch (error) {
      const text = `NOTIFICATION_CERTIFICATE_PATH, file ${index + 1}: ${messageOf(error)}`;
      throw new AppError('configuration', text, { status: 500, cause: error });
    }
  });
}
