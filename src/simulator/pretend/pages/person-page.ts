import type { DirectoryGroup, DirectoryUser, Tenant } from '../../world/types.js';
import { DETAILS } from '../acts.js';
import { type Fields, PRETEND_PATH } from '../exchange.js';
import { html, type Markup } from '../markup.js';
import { standingOf, textOf } from './people-page.js';

/** What an administrator of the tenant does with somebody: details, groups, account. */
export function personPage(tenant: Tenant, user: DirectoryUser, typed: Fields): Markup {
  const address = `${PRETEND_PATH}/${tenant.id}/people/${user.id}`;
  const isGone = user.deletedAtMs !== null;
  return html`<p class="facts">${standingOf(user)} <span dir="auto">${textOf(user, 'userPrincipalName')}</span> <code>${user.id}</code></p>
${!isGone && details(address, user, typed)}
${!isGone && groups(address, tenant, user)}
${account(address, user)}`;
}

function details(address: string, user: DirectoryUser, typed: Fields): Markup {
  const fields = Object.entries(DETAILS).map(
    ([name, label]) => html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" dir="auto" autocomplete="off" value="${typed[name] ?? textOf(user, name)}"></div>`,
  );
  return html`<section aria-labelledby="details">
<h2 id="details">Properties</h2>
<form class="fields" method="post" action="${address}/details">${fields}
<div><button class="first">Save</button></div>
</form>
</section>`;
}

function groups(address: string, tenant: Tenant, user: DirectoryUser): Markup {
  const view = tenant.view();
  const held = view.parentsOf(user.id);
  const live = [...view.groups()].filter(({ deletedAtMs }) => deletedAtMs === null).sort(byName);
  const own = live.filter(({ id }) => held.has(id));
  const others = live.filter(({ id }) => !held.has(id));
  const rows = own.map(
    (group) => html`<li><span dir="auto">${nameOf(group)}</span>
<form method="post" action="${address}/leave"><input type="hidden" name="group" value="${group.id}">
<button aria-label="Take out of ${nameOf(group)}">Take out</button></form></li>`,
  );
  const options = others.map((group) => html`<option value="${group.id}">${nameOf(group)}</option>`);
  return html`<section aria-labelledby="groups">
<h2 id="groups">Groups</h2>
${own.length === 0 ? html`<p class="hint">In no group.</p>` : html`<ul class="rows">${rows}</ul>`}
<form class="line" method="post" action="${address}/join">
<label for="group">Put into</label>
<select id="group" name="group"><option value="">Choose a group</option>${options}</select>
<button class="first">Put in</button>
</form>
</section>`;
}

function account(address: string, { deletedAtMs, properties }: DirectoryUser): Markup {
  const button = (act: string, label: string, kind = '') =>
    html`<form method="post" action="${address}/${act}"><button class="${kind}">${label}</button></form>`;
  const standing =
    properties['accountEnabled'] === false
      ? button('enable', 'Enable account', 'first')
      : button('disable', 'Disable account');
  const acts =
    deletedAtMs === null
      ? [standing, button('delete', 'Delete user', 'danger')]
      : [button('restore', 'Restore', 'first')];
  return html`<section aria-labelledby="account">
<h2 id="account">Account</h2>
<div class="line">${acts}</div>
</section>`;
}

function nameOf(group: DirectoryGroup): string {
  return textOf(group, 'displayName') || group.id;
}

function byName(a: DirectoryGroup, b: DirectoryGroup): number {
  return nameOf(a).localeCompare(nameOf(b));
}
