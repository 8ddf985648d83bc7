import { Counter } from 'prom-client';
import type { Services } from '../compose.js';
import type { Config } from '../config/config.js';
import { createLook, type Look } from '../notices/look.js';
import { createNotices, type Notices } from '../notices/notices.js';
import { createMailer } from '../notices/send/mailer.js';
import { waysOut } from '../notices/send/ways-out.js';
import { startNotices } from '../notices/start-notices.js';
import { isLoopbackHost } from '../notices/webhook/public-address.js';
import { emailKeyOf } from '../projection/email-address.js';
import { ownCredential } from './microsoft.js';

export { EMAILS_MOST } from '../notices/notice-settings.js';
export type { NoticeStanding } from '../notices/notices.js';
export { NOTICE_KINDS } from '../notices/types.js';
export { NO_ENTERPRISE as INSTALLATION } from '../store/audit-log.js';

/** Whether notices can be sent there. */
export const isEmailAddress = (text: string): boolean => emailKeyOf(text) !== null;

/** Notices to administrators: who is told how, and what was told. */
export function composeNotices(services: Services, config: Config): Notices {
  const { mail } = config;
  return createNotices({
    ...noticeParts(services, config),
    openMailer: mail === null ? null : () => createMailer(mail),
  });
}

/** Finds out what there is to tell. */
export function composeLook(services: Services, config: Config): Look {
  const { settings } = composeNotices(services, config);
  const credential = ownCredential(config);
  return createLook({ ...noticeParts(services, config), settings, credential, hasMail: config.mail !== null });
}

/** Looks and sends in this process, until stopped. */
export function runNotices(services: Services, config: Config): { stop(): Promise<void> } {
  const { settings } = composeNotices(services, config);
  const mailer = config.mail === null ? null : createMailer(config.mail);
  const sent = new Counter({
    name: 'notice_messages_total',
    help: 'Tries to send messages and notices, by way (outbox, email, webhook) and by what became of the try',
    labelNames: ['way', 'outcome'],
    registers: [services.metrics],
  });
  const count = (way: string, outcome: string) => sent.inc({ way, outcome });
  const ways = waysOut({ ...noticeParts(services, config), settings, mailer, count });
  const running = startNotices({ ...services, look: composeLook(services, config), ways });
  return {
    stop: async () => {
      await running.stop();
      mailer?.close();
    },
  };
}

function noticeParts(services: Services, { appSecrets, publicUrl }: Config) {
  const { store, clock, chance, log, mirror } = services;
  const allowsLoopback = isLoopbackHost(new URL(publicUrl).hostname);
  return { store, clock, chance, log, mirror, appSecrets, publicUrl, allowsLoopback };
}
