import { messageOf } from '../kernel/app-error.js';
import { pemParts } from './client-certificate.js';
import type { ReadText } from './environment-texts.js';

export interface RichValues {
  readonly RICH_NOTIFICATIONS: 'off' | 'on';
  readonly NOTIFICATION_CERTIFICATE_PATH?: readonly string[] | undefined;
}

export interface NotificationCertificates {
  /** PEM texts; null: rich notifications are off. */
  readonly pems: readonly string[] | null;
  readonly problems: readonly string[];
}

/** The files of NOTIFICATION_CERTIFICATE_PATH, which are looked at only where rich notifications are on. */
export function readNotificationCertificates(
  values: RichValues | undefined,
  readText: ReadText,
): NotificationCertificates {
  if (values?.RICH_NOTIFICATIONS !== 'on') return { pems: null, problems: [] };
  const paths = values.NOTIFICATION_CERTIFICATE_PATH;
  if (paths === undefined) {
    const mend = 'name a PEM file with a certificate and its private key, or set RICH_NOTIFICATIONS to off.';
    return {
      pems: null,
      problems: [`NOTIFICATION_CERTIFICATE_PATH is not set, but RICH_NOTIFICATIONS is on: ${mend}`],
    };
  }
  const read = paths.map((path) => readPem(path, readText));
  return {
    pems: read.flatMap(({ pem }) => pem ?? []),
    problems: read.flatMap(({ problem }, index) =>
      problem === null ? [] : [`NOTIFICATION_CERTIFICATE_PATH, file ${index + 1}: ${problem}`],
    ),
  };
}

function readPem(path: string, readText: ReadText): { readonly pem: string | null; readonly problem: string | null } {
  try {
    const pem = readText(path);
    const { privateKey, certificate } = pemParts(pem);
    if (privateKey !== null && certificate !== null) return { pem, problem: null };
    const missing = privateKey === null ? 'private key' : 'certificate';
    return { pem: null, problem: `no ${missing} in it: give one PEM file with the certificate and its private key.` };
  } catch (error) {
    return { pem: null, problem: `it cannot be read (${messageOf(error)}).` };
  }
}
