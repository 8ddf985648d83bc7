import { findObjects } from '../../control/directory-lookups.js';
import type { DirectoryUser, Tenant } from '../../world/types.js';
import { PRETEND_PATH } from '../exchange.js';
import { html, type Markup } from '../markup.js';

const MOST_SHOWN = 50;

/** People found by name, address or id. */
export function peoplePage(tenant: Tenant, search: string): Markup {
  const found = findObjects(tenant.view().users(), { search, limit: MOST_SHOWN + 1 });
  const people = found.slice(0, MOST_SHOWN);
  return html`<form class="search" method="get" role="search">
<label for="search">Search by name, address or object id</label>
<input id="search" name="search" type="search" value="${search}" autocomplete="off">
<button class="first">Search</button>
</form>
${people.length === 0 ? html`<p>Nobody is found.</p>` : table(tenant, people)}
${found.length > MOST_SHOWN && html`<p class="hint">These are the first ${MOST_SHOWN}: search for more.</p>`}`;
}

function table({ id }: Tenant, people: readonly DirectoryUser[]): Markup {
  const address = `${PRETEND_PATH}/${id}/people`;
  const rows = people.map(
    (user) => html`<tr>
<th scope="row" dir="auto"><a href="${address}/${user.id}">${textOf(user, 'displayName') || user.id}</a></th>
<td dir="auto">${textOf(user, 'mail') || textOf(user, 'userPrincipalName')}</td>
<td>${standingOf(user)}</td>
<td><a href="${address}/${user.id}/calendar" aria-label="Calendar of ${textOf(user, 'displayName')}">Calendar</a></td>
</tr>`,
  );
  return html`<div class="wide"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Email</th><th scope="col">Account</th><th scope="col">Outlook</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}

export function textOf({ properties }: Pick<DirectoryUser, 'properties'>, name: string): string {
  const value = properties[name];
  return value === null || value === undefined ? '' : String(value);
}

/** Whether somebody is there, as a badge. */
export function standingOf({ deletedAtMs, properties }: DirectoryUser): Markup {
  if (deletedAtMs !== null) return html`<span class="badge gone">Deleted</span>`;
  if (properties['accountEnabled'] === false) return html`<span class="badge off">Disabled</span>`;
  return html`<span class="badge on">Enabled</span>`;
}
