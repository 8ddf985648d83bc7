/** The pages of operators; an entry in the navigation for them only. */
export const OPERATOR_SECTIONS: readonly { readonly path: string; readonly label: string }[] = [
  { path: '/operator', label: 'Tenants' },
  { path: '/operator/subscriptions', label: 'Subscriptions' },
  { path: '/operator/changes', label: 'Changes' },
  { path: '/operator/jobs', label: 'Jobs and answers' },
];
