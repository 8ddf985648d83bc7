import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import request from 'supertest';
import type { NewAccount } from '../../../src/access/accounts.js';
import { createAuthenticate, principalOf } from '../../../src/api/session/authenticate.js';
import { createSignInRouter } from '../../../src/api/session/sign-in-router.js';
import { composeAccess } from '../../../src/compose/portal/access.js';
import { connectMicrosoft, openServices } from '../../../src/compose.js';
import type { Config } from '../../../src/config/config.js';
import { createApp } from '../../../src/http/create-app.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { openTestStore } from '../../support/database.js';
import { stackConfig } from '../../support/stack.js';
import { aUser } from '../../unit/records/a-user.js';

export const PASSWORD = 'correct horse battery';
export const BY = 'test@operator';

/** The sign-in routes and one route behind them, before two simulated tenants: ours is connected, theirs is not. */
export async function openSignInScene() {
  const database = await openTestStore();
  const tenants = [1, 2].map(() => ({ people: 4, groups: 1 }));
  const simulator = await startSimulator({ tenants });
  const config = stackConfig({ simulator, uri: database.uri, port: 8080, opsPort: 8081, env: {} });
  const services = await openServices(config, { log: createLog('silent'), path: '' });
  const microsoft = connectMicrosoft(services, config);
  const [ours, theirs] = [...simulator.world.tenants.values()];
  if (ours === undefined || theirs === undefined) throw new Error('two tenants were asked for');
  const { _id: enterpriseId } = await services.structure.createEnterprise({ name: 'Kiwi Power', by: BY });
  const { _id: otherId } = await services.structure.createEnterprise({ name: 'Moa Freight', by: BY });
  await microsoft.proofs.attest(enterpriseId, { tenantText: ours.id, reason: 'a test', by: BY });

  const appWith = (change: Partial<Config> = {}, clock: Clock = services.clock) => {
    const changed = { ...config, ...change };
    const { publicUrl } = changed;
    const access = composeAccess({ ...services, clock }, { microsoft, config: changed });
    const behind = Router();
    behind.use('/api/v1', createAuthenticate({ access, publicUrl }));
    behind.all('/api/v1/things', (_request, response) => {
      response.json(principalOf(response));
    });
    const signIn = createSignInRouter({ access, structure: services.structure, publicUrl });
    const routers = [signIn, behind].map((router) => ({ path: '/', router }));
    return createApp({ intake: null, routers, log: services.log, trustProxy: 1 });
  };

  return {
    ...{ services, microsoft, simulator, config, ours, theirs, enterpriseId, otherId, appWith },
    publicUrl: config.publicUrl,
    /** A browser: keeps its cookies. */
    browser: (change?: Partial<Config>, clock?: Clock) => request.agent(appWith(change, clock)),
    anAccount: (account: Partial<NewAccount> = {}) =>
      services.accounts.create({
        ...{ userName: `${randomUUID()}@kiwi.example`, role: 'admin', enterpriseId, password: PASSWORD, by: BY },
        ...{ microsoft: null, ...account },
      }),
    /** Somebody of a tenant as the sync would have linked them. */
    link: async (tenant: Tenant, alias: string, user: Partial<UserRow> = {}) => {
      const { _id, ...rest } = aUser({ _id: randomUUID(), enterpriseId, isAccountAdmin: true, ...user });
      const { objectId = '' } = tenant.administrators.get(`${alias}@${tenant.domain}`) ?? {};
      const entra = { tenantId: tenant.id, objectId, linkedBy: 'sync' as const, linkedAt: new Date(), lastSynced: {} };
      const { emailKey: _emailKey, ...row } = rest;
      await services.store.collection<UserRow>(USERS).insertOne({ ...row, _id, entra });
      return _id;
    },
    close: async () => {
      await services.close();
      await simulator.close();
      await database.drop();
    },
  };
}

export type SignInScene = Awaited<ReturnType<typeof openSignInScene>>;
export type Browser = ReturnType<SignInScene['browser']>;
