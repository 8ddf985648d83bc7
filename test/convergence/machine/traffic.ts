import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, setMaxListeners } from 'node:events';
import { Server as HttpServer } from 'node:http';
import net, { type Socket } from 'node:net';
import { MongoClient } from 'mongodb';

/**
 * Somebody whose sockets belong together: an instance of the service, the simulated Graph, an operator. Whatever code
 * that runs `as` a party sends is counted as its traffic, and can be cut off from the outside like a killed process.
 */
export interface Party {
  readonly name: string;
  isDead(): boolean;
  /** Resolves when the party dies. */
  readonly died: Promise<void>;
  /** Requests and commands that were sent and not answered yet. */
  pending(): number;
  /** Counts something else that will go on by itself, such as a short pause in real time. */
  begin(): void;
  end(): void;
  as<T>(work: () => T): T;
  /** Cuts every socket, closes every port; what the party still does reaches nobody. */
  kill(): void;
  /** Does something at the so-manieth operation from now on, as it is sent or answered. */
  after(operations: number, what: () => void): void;
}

/** Parties that are waited for together. */
export interface Crowd {
  join(name: string): Party;
  /** Resolves once nobody alive waits for an answer any more. */
  quiet(): Promise<void>;
  killAll(): void;
}

interface Member extends Party {
  readonly sockets: Set<Socket>;
  readonly servers: Set<net.Server>;
  readonly clients: Set<MongoClient>;
  readonly death: AbortSignal;
  step(): void;
}

const current = new AsyncLocalStorage<Member>();
const FOR_EVER = new Promise<never>(() => {});
/** Turns of the event loop without anything under way after which nothing follows by itself. */
const CALM_TURNS = 3;
/** Real time after which something that is waited for is taken for stuck. */
const STUCK_MS = 60_000;
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

export function createCrowd(): Crowd {
  const members = new Set<Member>();
  const changes = new EventEmitter();
  return {
    join: (name) => {
      const member = createMember(name, () => changes.emit('change'));
      members.add(member);
      return member;
    },
    quiet: async () => {
      for (let calm = 0; calm < CALM_TURNS; ) {
        if (busy() > 0) {
          calm = 0;
          await change();
        } else calm += 1;
        await turn();
      }
    },
    killAll: () => {
      for (const member of members) member.kill();
    },
  };

  function busy(): number {
    let sum = 0;
    for (const member of members) if (!member.isDead()) sum += member.pending();
    return sum;
  }

  async function change(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const who = () => [...members].map((each) => `${each.name} ${each.isDead() ? 'dead' : each.pending()}`).join(', ');
    const stuck = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing moves any more: ${who()}`)), STUCK_MS);
    });
    const changed = new Promise<void>((resolve) => changes.once('change', () => resolve()));
    await Promise.race([changed, stuck]).finally(() => clearTimeout(timer));
  }
}

function createMember(name: string, changed: () => void): Member {
  const death = new AbortController();
  setMaxListeners(0, death.signal);
  let pending = 0;
  const plans: { left: number; readonly what: () => void }[] = [];
  const member: Member = {
    name,
    sockets: new Set(),
    servers: new Set(),
    clients: new Set(),
    death: death.signal,
    isDead: () => death.signal.aborted,
    died: new Promise((resolve) => death.signal.addEventListener('abort', () => resolve())),
    pending: () => pending,
    begin: () => {
      pending += 1;
    },
    end: () => {
      pending -= 1;
      if (pending === 0) changed();
    },
    as: (work) => current.run(member, work),
    after: (left, what) => plans.push({ left, what }),
    step: () => {
      for (const plan of plans) {
        plan.left -= 1;
        if (plan.left === 0) plan.what();
      }
    },
    kill: () => {
      if (death.signal.aborted) return;
      death.abort(new Error(`${name} was killed`));
      for (const socket of member.sockets) socket.destroy();
      for (const server of member.servers) {
        server.close();
        if (server instanceof HttpServer) server.closeAllConnections();
      }
      for (const client of member.clients) endMonitors(client);
      changed();
    },
  };
  return member;
}

/**
 * The driver goes on asking for its server until it is closed, and keeps the whole test run alive by it. `close` would
 * first say farewell to the server, over sockets that are cut.
 */
function endMonitors(client: MongoClient): void {
  const { topology } = client as unknown as { readonly topology?: { close(): void } };
  topology?.close();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** From now on traffic is counted by party; answers what puts everything back. */
export function watchTraffic(): () => void {
  const restores = [watchFetch(), watchSockets(), watchServers(), watchMongo()];
  return () => {
    for (const restore of restores) restore();
  };
}

function watchFetch(): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const party = current.getStore();
    if (!party) return real(input, init);
    if (party.isDead()) return FOR_EVER;
    party.begin();
    party.step();
    try {
      const signal = init?.signal ? AbortSignal.any([party.death, init.signal]) : party.death;
      const response = await real(input, { ...init, signal });
      const body = await response.arrayBuffer();
      party.step();
      if (party.isDead()) return await FOR_EVER;
      const { status, headers } = response;
      return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers });
    } catch (error) {
      if (party.isDead()) return await FOR_EVER;
      throw error;
    } finally {
      party.end();
    }
  };
  return () => {
    globalThis.fetch = real;
  };
}

/** The driver of MongoDB opens its sockets by this function; fetch has a way of its own. */
function watchSockets(): () => void {
  const real = net.createConnection;
  const watched = (...given: Parameters<typeof real>) => {
    const socket = real(...given);
    const party = current.getStore();
    party?.sockets.add(socket);
    socket.once('close', () => party?.sockets.delete(socket));
    if (party?.isDead()) socket.destroy();
    return socket;
  };
  Object.assign(net, { createConnection: watched });
  return () => void Object.assign(net, { createConnection: real });
}

function watchServers(): () => void {
  const real = net.Server.prototype.listen;
  net.Server.prototype.listen = function listen(this: net.Server, ...given: unknown[]) {
    current.getStore()?.servers.add(this);
    return Reflect.apply(real, this, given);
  };
  return () => {
    net.Server.prototype.listen = real;
  };
}

/** A command is under way from the moment it wants a connection until it gives the connection back. */
function watchMongo(): () => void {
  const real = MongoClient.prototype.connect;
  MongoClient.prototype.connect = function connect(this: MongoClient) {
    const party = current.getStore();
    if (party && !party.clients.has(this)) {
      party.clients.add(this);
      const ended = () => {
        party.step();
        party.end();
      };
      this.on('connectionCheckOutStarted', () => {
        party.begin();
        party.step();
      });
      this.on('connectionCheckOutFailed', ended);
      this.on('connectionCheckedIn', ended);
    }
    return Reflect.apply(real, this, []);
  };
  return () => {
    MongoClient.prototype.connect = real;
  };
}
