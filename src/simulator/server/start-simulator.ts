import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import { AppError } from '../../kernel/app-error.js';
import { createControlHandler } from '../control/control-handler.js';
import { createDelivery, type Delivery, type DeliveryDeps } from '../delivery/delivery.js';
import { createIdentity } from '../identity/identity-router.js';
import type { SigningKeys } from '../identity/signing-keys.js';
import { createPretendRouter, PRETEND_PATH } from '../pretend/pretend-router.js';
import { createSubscriptionStore } from '../subscriptions/subscription-store.js';
import { createWorld, REQUESTED_ROLES, type TenantSeed } from '../world/create-world.js';
import type { World } from '../world/types.js';
import { createFaultBook, type FaultBook, type FaultRule } from './fault-book.js';
import { createGraphService } from './graph-service.js';
import { createIdentityGuard } from './identity-http.js';
import { createRequestLog, type RecordedAnswer } from './request-log.js';

export interface SimulatorOptions {
  /** The same seed gives the same day; default 1. */
  readonly seed?: number;
  /** Of the one tenant there is unless `tenants` says otherwise; defaults 50 and 8. */
  readonly people?: number;
  readonly groups?: number;
  /** Events in each mailbox of that tenant; default none. */
  readonly eventsPerPerson?: number;
  readonly tenants?: readonly TenantSeed[];
  /** A world made elsewhere; seed, people, groups and tenants are then of no use. */
  readonly world?: World;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly faults?: readonly FaultRule[];
  readonly deliveryLimits?: NonNullable<DeliveryDeps['limits']>;
  /** Sees every Graph answer that no fault made up, and every collection of notifications that was sent. */
  readonly record?: (answer: RecordedAnswer) => void;
  readonly recordNotification?: NonNullable<DeliveryDeps['recordNotification']>;
  /** Left out: new ones, which take a moment to make. */
  readonly signingKeys?: SigningKeys;
}

export interface Simulator {
  /** Graph at `url`/v1.0, tokens at `url`/{tenant}/oauth2/v2.0/token. */
  readonly url: string;
  readonly control: string;
  /** A pretend Entra admin center and Outlook, for people to move it by hand. */
  readonly pretend: string;
  readonly tenants: readonly { readonly id: string; readonly people: number; readonly groups: number }[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly world: World;
  readonly faults: FaultBook;
  readonly delivery: Delivery;
  close(): Promise<void>;
}

/** Starts Entra, Graph and their control on one loopback port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = options.world ?? createDefaultWorld(options);
  const stop = new AbortController();
  const faults = createFaultBook();
  for (const fault of options.faults ?? []) faults.add(fault);
  const app = express();
  const server = createServer(app);
  // Beyond what clients keep an idle connection for, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  const url = await listen(server, options.port ?? 0);
  const delivery = mountRoutes(app, { url, world, faults, options, signal: stop.signal });
  const { clientId, clientSecret } = world.application;
  const close = async () => {
    stop.abort();
    delivery.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    control: `${url}/_control`,
    pretend: `${url}${PRETEND_PATH}/`,
    tenants: sizes(world),
    clientId,
    clientSecret,
    world,
    faults,
    delivery,
    close,
  };
}

function createDefaultWorld(options: SimulatorOptions): World {
  const { seed = 1, people = 50, groups = 8, eventsPerPerson = 0 } = options;
  const tenants = options.tenants ?? [{ people, groups, eventsPerPerson }];
  return createWorld({ seed, tenants: tenants.map((tenant) => ({ consentedRoles: REQUESTED_ROLES, ...tenant })) });
}

function mountRoutes(
  app: Express,
  parts: { url: string; world: World; faults: FaultBook; options: SimulatorOptions; signal: AbortSignal },
): Delivery {
  const { url, world, faults, options, signal } = parts;
  const { record, recordNotification, deliveryLimits, signingKeys } = options;
  const log = createRequestLog();
  const store = createSubscriptionStore(world);
  const identity = createIdentity(world, { baseUrl: () => url, ...(signingKeys && { keys: signingKeys }) });
  const delivery = createDelivery({
    ...{ world, store, issuer: { sign: identity.sign, baseUrl: () => url } },
    ...(deliveryLimits && { limits: deliveryLimits }),
    ...(recordNotification && { recordNotification }),
  });
  app.disable('x-powered-by');
  // Some join the control address with the whole path of a control route.
  app.use(['/_control/_control', '/_control'], createControlHandler({ world, store, faults, delivery, log }));
  app.use(PRETEND_PATH, createPretendRouter({ world, store, delivery }));
  app.use('/v1.0', createGraphService({ world, store, faults, identity, log, signal, record }));
  app.use(createIdentityGuard({ world, faults, log, signal }), identity.router);
  app.use((request, response) => {
    const message = `There is nothing at ${request.path}: Graph is under /v1.0, control under /_control, the pretend admin center under ${PRETEND_PATH}.`;
    response.status(404).json({ error: { code: 'not_found', message } });
  });
  return delivery;
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The simulator cannot listen on 127.0.0.1:${port} (${cause.message}); choose another --port.`;
      reject(new AppError('port_unavailable', message, { status: 500, field: 'port', cause }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}

function sizes(world: World): Simulator['tenants'] {
  return [...world.tenants.values()].map((tenant) => {
    const view = tenant.view();
    return { id: tenant.id, people: [...view.users()].length, groups: [...view.groups()].length };
  });
}
