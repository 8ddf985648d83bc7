import express from 'express';
import request from 'supertest';
import { createConnectRouter } from '../../../src/api/connect/connect-router.js';
import { createBudget, plannedUnitsPer10s } from '../../../src/graph/budget.js';
import { createGraph } from '../../../src/graph/create-graph.js';
import type { GraphConfig } from '../../../src/graph/graph-config.js';
import { createSignIn } from '../../../src/graph/tokens/sign-in.js';
import { createTokens } from '../../../src/graph/tokens/tokens.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { SIMULATED_PASSWORD } from '../../../src/simulator/world/create-world.js';
import { createConnect } from '../../../src/tenancy/connect/connect.js';
import { createConsentProbe } from '../../../src/tenancy/connect/consent-probe.js';
import { createProofs } from '../../../src/tenancy/connect/proof.js';
import { openTenancy } from './tenancy-fixture.js';

export const PUBLIC_URL = 'http://localhost:8080';
export const SECRETS = ['the first application secret, which signs', 'the second application secret, verifying'];

/** Tenancy, the connect pages and two simulated tenants that have consented to nothing. */
export async function openConnectScene() {
  const tenants = [1, 2].map(() => ({ people: 3, groups: 1, consentedRoles: [] }));
  const simulator = await startSimulator({ tenants });
  const { url, clientId, clientSecret } = simulator;
  const tenancy = await openTenancy();
  const credential = { kind: 'secret' as const, secret: clientSecret };
  const config: GraphConfig = { clientId, credential, authorityHost: url, graphBaseUrl: url };
  const clock = {
    nowMs: () => simulator.world.clock.nowMs(),
    now: () => new Date(simulator.world.clock.nowMs()),
    sleep: async (ms: number) => void simulator.world.clock.advance(ms),
  };
  const deps = { ...tenancy.deps, clock };
  const tokens = createTokens({ config, clock, log: deps.log });
  const graph = createGraph({ config, clock, log: deps.log, tokens, chance: systemChance, metrics: createMetrics() });
  const budget = createBudget({ clock, resourceUnitsPer10s: plannedUnitsPer10s(10) });
  const probe = createConsentProbe({ tokens, callsFor: (tenantId) => graph.forTenant(tenantId, { budget }) });
  const proofs = createProofs({ ...deps, integrations: tenancy.integrations, probe });
  const signIn = createSignIn({ config, clock, chance: systemChance, log: deps.log });
  const connectWith = (appSecrets: readonly string[]) =>
    createConnect({ ...deps, appSecrets, signIn, integrations: tenancy.integrations, proofs, publicUrl: PUBLIC_URL });
  const connect = connectWith(SECRETS);
  const appWith = (publicUrl: string, appSecrets = SECRETS) =>
    express().use(createConnectRouter({ connect: connectWith(appSecrets), publicUrl }));
  const [ours, theirs] = [...simulator.world.tenants.values()];
  if (ours === undefined || theirs === undefined) throw new Error('two tenants');

  return {
    ...{ tenancy, simulator, connect, proofs, appWith, ours, theirs },
    advance: (ms: number) => simulator.world.clock.advance(ms),
    /** A browser: keeps its cookies. */
    browser: () => request.agent(appWith(PUBLIC_URL)),
    close: async () => {
      await simulator.close();
      await tenancy.drop();
    },
  };
}

export type ConnectScene = Awaited<ReturnType<typeof openConnectScene>>;
export type Browser = ReturnType<ConnectScene['browser']>;

/** Path and query of an address of ours. */
export function pathOf(address: string | undefined): string {
  if (!address?.startsWith(`${PUBLIC_URL}/`)) throw new Error(`not an address of ours: ${address}`);
  return address.slice(PUBLIC_URL.length);
}

/** Answers a page of the simulated Entra as somebody; gives the address that it sends the browser to. */
export async function answerEntra(
  address: string | undefined,
  who: { alias: string; domain: string; decision?: 'accept' | 'cancel' },
): Promise<string> {
  const url = new URL(address ?? '');
  const typed = { username: `${who.alias}@${who.domain}`, password: SIMULATED_PASSWORD };
  const body = new URLSearchParams([...url.searchParams, ...Object.entries(typed)]);
  body.set('decision', who.decision ?? 'accept');
  const answer = await fetch(`${url.origin}${url.pathname}`, { method: 'POST', body, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`Entra did not redirect: ${answer.status} ${await answer.text()}`);
  return location;
}
