import { z } from 'zod';
import { accountView, tokenView } from '../../../access/account-view.js';
import { AppError } from '../../../kernel/app-error.js';
import { DAY_MS } from '../../../kernel/clock.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { asField } from '../../frame/settings-change.js';
import { account, disabledAccount, newToken, token } from './account-schemas.js';

const tag = 'Operator';

/** Who may use the portal and its API. */
export const accountRoutes = [
  route({
    method: 'get',
    path: '/operator/accounts',
    ...{ tag, need: 'operate', answer: listOf(account) },
    summary: 'The accounts by user name, disabled ones included.',
    query: z.strictObject({ ...paging }),
    run: async ({ services, query: { limit = LIST_LIMIT, after } }) => {
      const { rows, next } = await services.accounts.page({ limit, after });
      return { items: rows.map(accountView), next };
    },
  }),
  route({
    method: 'post',
    path: '/operator/accounts/{account}/disable',
    ...{ tag, need: 'operate', answer: disabledAccount },
    summary: 'Ends an account for good, with its sessions and the tokens that it made.',
    errors: { 409: 'It is the account of the caller, or it is disabled already.' },
    run: async ({ services, principal, params }) => {
      const found = await services.accounts.byId(params.account);
      if (found === null) throw unknownAccount();
      if (found._id === principal.accountId) throw ownAccount();
      const { row, revokedTokens } = await services.accounts.disable(found.userName, principal.who);
      return { ...accountView(row), revokedTokens };
    },
  }),
  route({
    method: 'get',
    path: '/operator/tokens',
    ...{ tag, need: 'operate', answer: listOf(token) },
    summary: 'The tokens of programs, the newest first, those that have ended included.',
    query: z.strictObject({ ...paging }),
    run: async ({ services, query: { limit = LIST_LIMIT, after } }) => {
      const { rows, next } = await services.bearerTokens.page({ limit, after });
      return { items: rows.map(tokenView), next };
    },
  }),
  route({
    method: 'post',
    path: '/operator/tokens',
    ...{ tag, need: 'operate', status: 201, secret: true, body: newToken },
    summary: 'Makes a token for a program; it is told only now.',
    answer: z.object({ secret: z.string().meta({ description: 'The token itself.' }), token }),
    run: async ({ services, principal, body: { name, role, enterpriseId = null, days } }) => {
      if (enterpriseId !== null) await services.structure.getEnterprise(enterpriseId);
      const life = days === undefined ? {} : { lifeMs: days * DAY_MS };
      const wanted = { name, role, enterpriseId, ...life, by: principal.who, accountId: principal.accountId };
      const made = await services.bearerTokens.create(wanted).catch(asField({ enterprise: 'enterpriseId' }));
      return { secret: made.token, token: tokenView(made.row) };
    },
  }),
  route({
    method: 'post',
    path: '/operator/tokens/{token}/revoke',
    ...{ tag, need: 'operate', answer: token },
    summary: 'Ends a token at once.',
    run: async ({ services, principal, params }) => {
      return tokenView(await services.bearerTokens.revoke(params.token, principal.who));
    },
  }),
];

function unknownAccount(): AppError {
  const text = 'There is no such account, or it is disabled already.';
  return new AppError('account_not_found', text, { status: 404, field: 'account' });
}

/** Whoever shuts themselves out may be the last who could let anybody in. */
function ownAccount(): AppError {
  const text = 'This is your own account: have another operator disable it.';
  return new AppError('own_account', text, { status: 409, field: 'account' });
}
