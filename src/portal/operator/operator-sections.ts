import type { Session } from '../api/types.js';

/** Whether somebody works the whole installation. */
export function isOperator({ account }: Pick<Session, 'account'>): boolean {
  return account.role === 'operator' && account.enterpriseId === null;
}

/** The pages of operators; an entry in the navigation for them only. */
export const OPERATOR_SECTIONS: readonly { readonly path: string; readonly label: string }[] = [
  { path: '/operator', label: 'Tenants' },
  { path: '/operator/subscriptions', label: 'Subscriptions' },
  { path: '/operator/changes', label: 'Changes' },
  { path: '/operator/jobs', label: 'Jobs and answers' },
  { path: '/operator/accounts', label: 'Accounts and tokens' },
];
