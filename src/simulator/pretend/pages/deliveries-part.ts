import { MINUTE_MS } from '../../../kernel/clock.js';
import type { DeliveryRecord } from '../../delivery/delivery.js';
import type { Tenant } from '../../world/types.js';
import type { PretendDeps } from '../exchange.js';
import { html, type Markup } from '../markup.js';

const MOST_SHOWN = 20;

/** The notifications of the last minute, the newest first; of all tenants, since they go to one address together. */
export function deliveriesPart({ delivery, store, world }: PretendDeps, tenant: Tenant): Markup {
  const since = new Date(world.clock.nowMs() - MINUTE_MS).toISOString();
  const recent = delivery.log.entries().filter(({ at }) => at >= since);
  const rows = recent.slice(-MOST_SHOWN).reverse();
  const subscriptions = store.ofTenant(tenant.id).length;
  const waiting = delivery.waiting();
  return html`<p class="hint">${subscriptions === 0 ? 'Nobody has subscribed to this tenant, so that Graph tells nobody.' : `${subscriptions} subscriptions of this tenant.`}${waiting > 0 && ` ${waiting} on their way.`}</p>
${rows.length === 0 ? html`<p class="hint">Nothing.</p>` : html`<ol class="deliveries">${rows.map((row) => shown(row, tenant))}</ol>`}`;
}

function shown({ at, about, items, status, attempt, tookMs }: DeliveryRecord, tenant: Tenant): Markup {
  const more = items - about.length;
  const answer = status === null ? 'no answer' : `answered ${status}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return html`<li class="${status !== null && status < 300 ? 'taken' : 'failed'}">
<span class="what">${about.map((text) => html`<span dir="auto">${inWords(text, tenant)}</span>`)}${more > 0 && html`<span>and ${more} more</span>`}</span>
<span class="hint"><time datetime="${at}">${at.slice(11, 19)} UTC</time> · ${answer} in ${Math.round(tookMs)} ms${again}</span>
</li>`;
}

/** `updated Users/ID` with the name instead of the id, where this tenant has it. */
function inWords(about: string, tenant: Tenant): string {
  const [, change = '', path = '', rest = ''] = /^(\S+) \/?(users|groups)\/?(.*)$/i.exec(about) ?? [];
  const [, id = ''] = /^\(?'?([0-9a-f-]{36})/i.exec(rest) ?? [];
  const view = tenant.view();
  const object = path.toLowerCase() === 'groups' ? view.group(id) : view.user(id);
  if (!object) return about;
  const what = /events/i.test(rest) ? 'event of' : path.toLowerCase() === 'groups' ? 'group' : 'user';
  return `${change} ${what} ${String(object.properties['displayName'])}`;
}
