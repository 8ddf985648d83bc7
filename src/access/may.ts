import type { Principal } from './types.js';

/**
 * read: look at an enterprise; change: do what an account administrator does; operate: what concerns the installation,
 * such as changes, jobs and attested tenants.
 */
export type Need = 'read' | 'change' | 'operate';

/** Whether somebody may do a thing in an enterprise, or, where it is null, over all of them. */
export function may(
  principal: Pick<Principal, 'role' | 'enterpriseId'>,
  wanted: { readonly enterpriseId: string | null; readonly need: Need },
): boolean {
  const { role, enterpriseId } = principal;
  if (enterpriseId === null ? role !== 'operator' : enterpriseId !== wanted.enterpriseId) return false;
  switch (role) {
    case 'operator':
      return true;
    case 'admin':
      return wanted.need !== 'operate';
    case 'reader':
      return wanted.need === 'read';
    default:
      role satisfies never;
      return false;
  }
}
