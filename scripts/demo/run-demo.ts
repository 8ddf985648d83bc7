import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/kernel/app-error.js';
import { shellFile } from '../stage/environment.js';
import { openDatabase } from './open-database.js';
import { connectTenant } from './scene/connect-tenant.js';
import { makePortalAccounts, type PortalAccounts } from './scene/portal-accounts.js';
import { createScene, type Scene } from './scene/scene.js';
import { setUp } from './scene/set-up.js';
import { showChanges } from './show-changes.js';
import { type StageOptions, startStage, startTenants } from './start-stage.js';
import { firstRun } from './steps/people-steps.js';

export interface DemoOptions extends StageOptions {
  readonly mongodBinary: string | undefined;
  say(line: string): void;
  /** The document of CONTRACT section 4, once everything answers. */
  ready(document: object): void;
}

/** Builds everything up, then shows changes flowing until it is stopped. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { signal, say, dataDir } = options;
  try {
    const scene = await build(options);
    const accounts = await makePortalAccounts(scene.stage, scene.enterpriseId);
    const document = documentOf(scene, accounts, dataDir);
    await writeFile(join(dataDir, 'demo.json'), `${JSON.stringify(document, null, 2)}\n`);
    await writeFile(document.environmentFile, shellFile(scene.stage.settings), { mode: 0o600 });
    for (const line of introduction(scene, accounts, dataDir)) say(line);
    options.ready(document);
    const died = scene.stage.service().ended.then((how) => {
      throw new AppError('service_ended', `The service stopped: ${how}. See ${join(dataDir, 'service.log')}.`);
    });
    await Promise.race([showChanges(scene, say), died]);
  } catch (error) {
    if (!signal.aborted) throw error;
    say('Stopping; once more Ctrl-C stops at once.');
  }
}

async function build(options: DemoOptions): Promise<Scene> {
  const { dataDir, say } = options;
  say(`Data folder ${dataDir}`);
  const database = await openDatabase(dataDir, options);
  const { server, wasReset } = database;
  say(`MongoDB ${server.version} runs on port ${server.port}`);
  if (wasReset) say('Begins anew: what the demo before left in this folder belonged to a tenant that ended with it');
  const simulator = await startTenants(options);
  say(`Two simulated Entra tenants answer at ${simulator.url}`);
  const stage = await startStage(options, { database, simulator });
  say(`The service answers at ${stage.url}`);
  const tenant = await connectTenant(stage);
  say(`${tenant.administrator.username} signed in and consented: the tenant is connected`);
  const scene = createScene(stage, tenant, await setUp(stage, tenant.tenantId));
  say('Two organisations, three teams and their Team Mappings are there; Graph tells us what changes');
  await firstRun(scene, (detail) => say(`First sync: ${detail}`));
  return scene;
}

function documentOf(
  { stage, tenantId, enterpriseId, organisations }: Scene,
  { user, password, token }: PortalAccounts,
  dataDir: string,
) {
  const { simulator, mongodbUri, config } = stage;
  return {
    ...{ portal: stage.url, api: `${stage.url}/api/v1`, notificationUrl: `${stage.url}/graph/notifications` },
    ...{ simulator: simulator.url, control: simulator.control, pretend: simulator.pretend, mongodbUri },
    ...{ tenantId, enterpriseId, organisations },
    ...{ token, user, password, times: config.times },
    /** Settings of the service, for a shell; for its owner's eyes only. */
    environmentFile: join(dataDir, 'demo.env'),
  };
}

function introduction(
  { stage, tenantId, administrator, enterpriseId }: Scene,
  { user, password }: PortalAccounts,
  dataDir: string,
): string[] {
  const { simulator, mongodbUri, url, opsUrl } = stage;
  return [
    '',
    `  Portal       ${url}  sign in as ${user} / ${password}`,
    `  Service      ${url}  (health ${url}/healthz, metrics ${opsUrl}/metrics)`,
    `  Notified at  ${url}/graph/notifications`,
    `  Simulator    ${simulator.url}/v1.0, moved through ${simulator.control}`,
    `  By hand      ${simulator.pretend}  (a pretend Entra admin center and Outlook: change something and watch)`,
    `  Tenant       ${tenantId}, administrator ${administrator.username} / ${administrator.password}`,
    `  Enterprise   ${enterpriseId}`,
    `  MongoDB      ${mongodbUri}`,
    '',
    '  In another terminal, beside this demo:',
    `    set -a; . ${join(dataDir, 'demo.env')}; set +a`,
    '    npx ghs integration status',
    '    npx ghs people list',
    '    npx ghs people why ADDRESS',
    '    npx ghs activity list',
    '    npx ghs subscriptions list',
    '    npx ghs doctor',
    '',
    '  Changes flow from here on. Stop with Ctrl-C.',
    '',
  ];
}
