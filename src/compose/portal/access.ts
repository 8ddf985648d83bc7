import { type Access, createAccess } from '../../access/access.js';
import type { Administrator } from '../../access/sign-in/admission.js';
import type { MicrosoftPerson } from '../../access/types.js';
import type { MicrosoftServices, Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { accountAdministrator } from '../../records/linked.js';
import { provedTenant } from '../../tenancy/tenant-change.js';

/** Who may use the portal and its API, built from the whole configuration. */
export function composeAccess(
  services: Services,
  { microsoft, config }: { microsoft: Pick<MicrosoftServices, 'signIn'>; config: Config },
): Access {
  const { appSecrets, publicUrl } = config;
  const { integrations } = services;
  return createAccess({
    ...services,
    ...{ appSecrets, publicUrl, signIn: microsoft.signIn },
    tenantOf: async (enterpriseId) => {
      const integration = await integrations.getIntegration(enterpriseId).catch(() => null);
      return integration && provedTenant(integration);
    },
    administratorOf: (person) => administratorOf(services, person),
  });
}

async function administratorOf(
  { store, integrations }: Services,
  person: MicrosoftPerson,
): Promise<Administrator | null> {
  const user = await accountAdministrator(store, person);
  if (user === null) return null;
  const { enterpriseId } = user;
  // Proved last also while the enterprise has left it: otherwise whoever disconnects could not connect again.
  if (provedTenant(await integrations.getIntegration(enterpriseId)) !== person.tenantId) return null;
  const holder = await integrations.ofTenant(person.tenantId);
  if (holder !== null && holder._id !== enterpriseId) return null;
  const name = [user.firstName, user.lastName].filter((part) => part !== null && part !== '').join(' ');
  return { personId: user._id, enterpriseId, email: user.email, name: name || (user.email ?? user._id) };
}
