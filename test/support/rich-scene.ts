import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ourCertificate } from '../../src/graph/rich/our-certificates.js';
import type { Switches } from '../../src/simulator/world/types.js';
import { RSA_CERTIFICATE, RSA_KEY } from '../unit/config/certificate-fixture.js';
import { type CalendarScene, type CalendarSceneOptions, startCalendarScene } from './calendar-scene.js';

/** A calendar scene whose subscriptions carry the events, encrypted for a certificate of the tests. */
export interface RichScene extends CalendarScene {
  readonly certificateId: string;
  /** From now on this is wrong with what Graph sends. */
  wrong(fault: Switches['richFault']): void;
  /** Items by what became of the event that they carry. */
  counted(outcome: string): Promise<number>;
  /** How often the calendar of somebody was read. */
  reads(objectId: string): Promise<number>;
}

export async function startRichScene({
  pems = [RSA_KEY + RSA_CERTIFICATE],
  ...options
}: CalendarSceneOptions & { readonly pems?: readonly string[] } = {}): Promise<RichScene> {
  const folder = mkdtempSync(join(tmpdir(), 'rich-'));
  const paths = pems.map((pem, index) => {
    const path = join(folder, `certificate-${index}.pem`);
    writeFileSync(path, pem);
    return path;
  });
  const env = { RICH_NOTIFICATIONS: 'on', NOTIFICATION_CERTIFICATE_PATH: paths.join(','), ...options.env };
  const scene = await startCalendarScene({ ...options, env });
  const { simulator, opsUrl } = scene.stack;
  return {
    ...scene,
    certificateId: ourCertificate(pems[0] ?? '').encryptionCertificateId,
    wrong: (fault) => {
      simulator.world.switches.richFault = fault;
    },
    counted: async (outcome) => {
      const text = await (await fetch(`${opsUrl}/metrics`)).text();
      const found = new RegExp(`^rich_notifications_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text);
      return Number(found?.[1] ?? 0);
    },
    reads: async (objectId) => {
      const answer = await fetch(`${simulator.control}/requests?path=${objectId}/calendarView`);
      const { items }: { items: unknown[] } = JSON.parse(await answer.text());
      return items.length;
    },
  };
}
