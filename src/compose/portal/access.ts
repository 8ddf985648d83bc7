import { type Access, createAccess } from '../../access/access.js';
import type { Administrator } from '../../access/sign-in/admission.js';
import type { MicrosoftPerson } from '../../access/types.js';
import type { MicrosoftServices, Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { accountAdministrator } from '../../records/linked.js';
import type { IntegrationRow } from '../../tenancy/types.js';

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
      return integration !== null && isConnected(integration) ? integration.tenantId : null;
    },
    administratorOf: (person) => administratorOf(services, person),
  });
}

async function administratorOf(services: Services, person: MicrosoftPerson): Promise<Administrator | null> {
  const integration = await services.integrations.ofTenant(person.tenantId);
  if (integration === null || !isConnected(integration)) return null;
  const enterpriseId = integration._id;
  const user = await accountAdministrator(services.store, { enterpriseId, ...person });
  if (user === null) return null;
  const name = [user.firstName, user.lastName].filter((part) => part !== null && part !== '').join(' ');
  return { personId: user._id, enterpriseId, email: user.email, name: name || (user.email ?? user._id) };
}

/** Whose tenant is proved: one that was only typed in vouches for nobody. */
function isConnected({ connection }: IntegrationRow): boolean {
  return connection === 'connected' || connection === 'error';
}
