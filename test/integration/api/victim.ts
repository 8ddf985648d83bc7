import type { PortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

/** Stands in every name and address of the enterprise that must not be seen. */
export const MARK = 'zzsecret';

/** What the enterprise has that others try to reach, by the names that paths, queries and bodies give to such ids. */
export type VictimIds = Readonly<Record<string, string>>;

/** Fills the enterprise of the stack with people, teams, a run, a plan, a problem, a decision and an activity. */
export async function fillVictim(stack: PortalStack): Promise<VictimIds> {
  const { services, enterpriseId, organisationId, tenant, teams } = stack;
  const by = { who: 'test' };
  const group = await fieldCrew(stack);
  const [clash, tama] = ['clash', 'tama'].map((name) => {
    const mail = `${MARK}-${name}@kiwipower.test`;
    const names = { displayName: `${MARK} ${name}`, givenName: MARK, surname: name, userPrincipalName: mail };
    const { objectId } = tenant.directory.createUser({ ...names, mail });
    tenant.directory.addMember(group, objectId);
    return objectId;
  });
  const email = `${MARK}-clash@kiwipower.test`;
  await services.people.add({ enterpriseId, organisationId, fields: { email } }, by);
  const run = await stack.sync();
  const plan = await stack.sync({ dry: true });
  await waitFor(async () => (await services.changes.stats(tenant.id)).open === 0, { message: 'changes stay open' });
  const user = await services.people.find(enterpriseId, tama ?? '');
  await services.undo.person({ enterpriseId, person: user._id }, { since: new Date(0) }, by);
  const [decision] = await services.decisions.list(enterpriseId);
  const [problem] = await services.problems.list(enterpriseId, { objectId: clash ?? '' });
  const [mapping] = (await services.integrations.getIntegration(enterpriseId)).settings.mappings;
  if (!decision || !problem || !mapping) throw new Error('the enterprise is not as full as it should be');
  const team = teams['North'] ?? '';
  return {
    ...{ enterpriseId, run: run._id, runId: run._id, plan: plan._id, planId: plan._id },
    ...{ person: user._id, personId: user._id, userId: user._id, user: user._id, objectId: clash ?? '' },
    ...{ problem: problem.id, problemId: problem.id, decision: decision.id, decisionId: decision.id },
    ...{ mapping: mapping.id, mappingId: mapping.id, group, groupId: group },
    ...{ team, teamId: team, organisation: organisationId, organisationId },
  };
}

/** Everything that is kept of an enterprise, to see that nothing of it moved. */
export async function keptOf({ services }: PortalStack, enterpriseId: string): Promise<Record<string, unknown>> {
  const { db } = services.store;
  const kept: Record<string, unknown> = {};
  for (const name of KEPT) kept[name] = await db.collection(name).find({ enterpriseId }).sort({ _id: 1 }).toArray();
  return kept;
}

const KEPT = ['users', 'teams', 'organisations', 'decisions', 'problems', 'ledger', 'runs', 'settingsChanges'];

/** The enterprise next door is connected too, to a tenant of its own: what it may not do is not for want of that. */
export async function connectNextDoor({ services, microsoft, simulator, ...stack }: PortalStack): Promise<void> {
  const { foreignEnterpriseId: enterpriseId } = stack;
  const other = [...simulator.world.tenants.keys()].find((id) => id !== stack.tenant.id) ?? '';
  await microsoft.proofs.attest(enterpriseId, { tenantText: other, reason: 'a test', by: 'test' });
  await services.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by: 'test' });
}
