import { INDEXES } from '../../../src/compose/indexes.js';
import type { MailConfig } from '../../../src/config/config.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { createLog } from '../../../src/kernel/log.js';
import { CALENDARS, createCalendars } from '../../../src/mirror/calendars-store.js';
import { askLooks, createLook } from '../../../src/notices/look.js';
import { createNotices } from '../../../src/notices/notices.js';
import { createMailer } from '../../../src/notices/send/mailer.js';
import { waysOut } from '../../../src/notices/send/ways-out.js';
import { NOTICE_MESSAGES, type NoticeMessageRow } from '../../../src/notices/types.js';
import type { OwnCredential } from '../../../src/reconciliation/doctor/credential-left.js';
import { createRuns } from '../../../src/reconciliation/runs.js';
import { RUNS, type RunRow } from '../../../src/reconciliation/types.js';
import { createTenantLinks } from '../../../src/records/linked.js';
import { DECISIONS, PROBLEMS } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { createIntegrations } from '../../../src/tenancy/integrations.js';
import { createStructure } from '../../../src/tenancy/structure/structure.js';
import { INTEGRATIONS, type IntegrationRow } from '../../../src/tenancy/types.js';
import { openTestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

export const BY = 'test@operator';
export const PUBLIC_URL = 'http://localhost:8080';
export const SECRET = 'the application secret of a test, long enough';
const TENANT = '0aaaaaaa-1111-4111-8111-111111111111';
/** Three in the morning in Auckland: no digest is due. */
const START = '2026-01-05T14:00:00.000Z';

export interface SceneOptions {
  readonly mail?: Partial<MailConfig> | null;
  readonly appSecrets?: readonly string[];
  readonly allowsLoopback?: boolean;
  /** Default: long enough for a busy machine. */
  readonly webhookAnswerMs?: number;
}

/** An enterprise with a connected tenant, on a database of its own, with a clock moved by hand. */
export async function openNotices() {
  const { store, drop } = await openTestStore();
  await ensureIndexes(store, INDEXES);
  const clock = createManualClock(START);
  const base = { store, clock, chance: systemChance, log: createLog('silent') };
  const structure = createStructure(base);
  const integrations = createIntegrations({ ...base, tenantLinks: createTenantLinks(base) });
  const { _id: enterpriseId } = await structure.createEnterprise({ name: 'Kiwi Power', by: BY });
  const zone = 'Pacific/Auckland';
  await structure.createOrganisation({ enterpriseId, name: 'Lines', zone, country: 'NZ', by: BY });
  const rows = store.collection<IntegrationRow>(INTEGRATIONS);
  const change = async (set: object) => {
    await rows.updateOne({ _id: enterpriseId }, { $set: set });
  };
  await change({ tenantId: TENANT, connection: 'connected', 'settings.usersSync': true, 'settings.zone': zone });
  let credential: OwnCredential = { certificate: null, secretExpiresAt: null, notificationCertificates: [] };
  const opened: { close(): void }[] = [];

  /** What one process does with notices. */
  function aProcess(options: SceneOptions = {}) {
    const { appSecrets = [SECRET], allowsLoopback = true, mail = null, webhookAnswerMs = 10_000 } = options;
    const parts = { ...base, appSecrets, allowsLoopback, publicUrl: PUBLIC_URL, webhookAnswerMs };
    const server = mail && mailConfig(mail);
    const mailer = server && createMailer(server);
    if (mailer) opened.push(mailer);
    const notices = createNotices({ ...parts, openMailer: server && (() => createMailer(server)) });
    const { settings } = notices;
    const calendars = createCalendars(base);
    const look = createLook({
      ...{ ...parts, settings, mirror: { calendars }, hasMail: mailer !== null },
      get credential() {
        return credential;
      },
    });
    const outcomes: string[] = [];
    const count = (way: string, outcome: string) => outcomes.push(`${way} ${outcome}`);
    const ways = waysOut({ ...parts, settings, mailer, count });
    return {
      ...{ notices, settings, outcomes, ways },
      ask: () => askLooks(base),
      nextLook: () => look.next(),
      /** Finds out what there is to tell of everybody. */
      look: async () => {
        await askLooks(base);
        while (await look.next());
      },
      /** Sends everything that is due. */
      send: async () => {
        for (const way of ways) while (await way.sendNext());
      },
    };
  }

  return {
    ...{ store, clock, enterpriseId, integrations, change, aProcess, runs: createRuns(base) },
    messages: () => store.collection<NoticeMessageRow>(NOTICE_MESSAGES).find().sort({ at: 1, _id: 1 }).toArray(),
    credentialIs: (next: Partial<OwnCredential>) => {
      credential = { ...credential, ...next };
    },
    aRun: async (end: Pick<RunRow, 'status'> & Partial<RunRow>) => {
      const _id = systemChance.guid();
      const about = { _id, enterpriseId, tenantId: TENANT, trigger: 'manual', requestedBy: BY, dry: false };
      const counts = { failed: end.status === 'succeeded' ? 0 : 1 };
      const row = { ...about, requestedAt: clock.now(), finishedAt: clock.now(), code: null, message: null, counts };
      await store.collection(RUNS).insertOne({ ...row, ...end } as never);
      return _id;
    },
    /** A calendar that was never verified. */
    aStaleCalendar: () =>
      store.collection(CALENDARS).insertOne({ tenantId: TENANT, objectId: 'o1', state: 'unread', verifiedAt: null }),
    hold: async (count: number) => {
      const held = Array.from({ length: count }, (_, n) => ({
        ...{ _id: systemChance.guid(), enterpriseId, objectId: `o${n}`, subject: 'archive', verdict: 'held' },
        at: clock.now(),
      }));
      await store.collection(DECISIONS).insertMany(held as never[]);
    },
    release: () => store.collection(DECISIONS).deleteMany({ enterpriseId }),
    problems: async (count: number, code = 'duplicate_email') => {
      const at = clock.now();
      const rows = Array.from({ length: count }, (_, n) => ({
        ...{ _id: `${enterpriseId}:${code}:${at.getTime()}:${n}`, enterpriseId, objectId: `o${n}`, code },
        ...{ severity: 'error', openedAt: at, visibleAt: at, message: 'Anna Secret <anna@kiwi.example> clashes' },
      }));
      await store.collection(PROBLEMS).insertMany(rows as never[]);
    },
    drop: async () => {
      for (const each of opened) each.close();
      await drop();
    },
  };
}

export type NoticesScene = Awaited<ReturnType<typeof openNotices>>;

export function mailConfig(mail: Partial<MailConfig>): MailConfig {
  const from = { name: 'GetHomeSafe', address: 'notices@ghs.example' };
  return { host: '127.0.0.1', port: 1, isSecure: false, isLoopback: true, signIn: null, from, ...mail };
}
