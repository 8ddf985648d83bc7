/** Whoever sent a request, as the session or the token says. */
export interface Principal {
  /** For the audit log, such as `account:anna@example.com`. */
  readonly who: string;
  /** admin: account administrator of the enterprise; reader: sees and changes nothing; operator: over all enterprises. */
  readonly role: 'admin' | 'reader' | 'operator';
  /** Null for operators. */
  readonly enterpriseId: string | null;
}

/** What a route asks of its caller. */
export type Need = 'read' | 'change' | 'operate';

const NEEDS: Readonly<Record<Principal['role'], readonly Need[]>> = {
  reader: ['read'],
  admin: ['read', 'change'],
  operator: ['read', 'change', 'operate'],
};

/** Whether somebody may do what a route needs, in an enterprise where the route is about one. */
export function may({ role, enterpriseId }: Principal, wanted: { need: Need; enterpriseId: string | null }): boolean {
  const isOwn = role === 'operator' || (wanted.enterpriseId !== null && wanted.enterpriseId === enterpriseId);
  return isOwn && NEEDS[role].includes(wanted.need);
}
