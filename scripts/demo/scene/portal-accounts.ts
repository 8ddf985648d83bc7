import { z } from 'zod';
import type { Stage } from '../start-stage.js';

/** Who may use the demo's portal: an account to sign in with, and a token for its API. */
export interface PortalAccounts {
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

const USER = 'demo@gethomesafe.example';

/** Made as an operator makes them; the password and the token are told only now. */
export async function makePortalAccounts({ ghs }: Stage, enterpriseId: string): Promise<PortalAccounts> {
  const of = ['--enterprise', enterpriseId, '--role', 'admin'];
  const made = z.object({ password: z.string() });
  const { password } = await ghs(made, ...['admin', 'create', '--user-name', USER, '--display-name', 'Demo'], ...of);
  const { token } = await ghs(z.object({ token: z.string() }), 'token', 'create', '--name', 'demo', ...of);
  return { user: USER, password, token };
}
