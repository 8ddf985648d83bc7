import type { Tenant } from '../../world/types.js';
import { PRETEND_PATH, type PretendDeps } from '../exchange.js';
import { html, type Markup } from '../markup.js';
import { deliveriesPart } from './deliveries-part.js';

/** What became of what somebody did. */
export interface Said {
  readonly kind: 'done' | 'refused';
  readonly text: string;
}

export interface FrameWanted {
  /** null: none is chosen. */
  readonly tenant: Tenant | null;
  readonly title: string;
  readonly said: Said | null;
  /** The person whose pages these are, and which of them is shown. */
  readonly person?: { readonly id: string; readonly page: 'person' | 'calendar' };
}

/** A whole page: banner, choice of the tenant, what it is about, and what Graph tells meanwhile. */
export function frame(deps: PretendDeps, wanted: FrameWanted, main: Markup | null): Markup {
  const { tenant, title, said, person } = wanted;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Simulation</title>
<link rel="stylesheet" href="${PRETEND_PATH}/style.css">
<script src="${PRETEND_PATH}/script.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<p class="banner" role="note"><strong>Simulation – not Microsoft</strong> <span>A pretend tenant for trying GetHomeSafe. Nothing here leaves this machine.</span></p>
<header>${navigation(deps, tenant)}</header>
<div class="columns">
<main id="main">
${tenant && person && tabs(tenant, person)}
<h1 dir="auto">${title}</h1>
${said && html`<p class="said ${said.kind}" role="${said.kind === 'done' ? 'status' : 'alert'}">${said.text}</p>`}
${main}
</main>
${tenant && aside(deps, tenant)}
</div>
</body>
</html>
`;
}

function navigation({ world }: PretendDeps, chosen: Tenant | null): Markup {
  const options = [...world.tenants.values()].map(
    ({ id, displayName }) => html`<option value="${id}"${id === chosen?.id && html` selected`}>${displayName}</option>`,
  );
  return html`<p class="product"><a href="${PRETEND_PATH}/">Pretend admin center</a></p>
<form class="tenant" method="get" action="${PRETEND_PATH}/">
<label for="tenant">Tenant</label>
<select id="tenant" name="tenant">${options}</select>
<button>Go</button>
</form>`;
}

function tabs({ id }: Tenant, person: NonNullable<FrameWanted['person']>): Markup {
  const address = `${PRETEND_PATH}/${id}/people`;
  const tab = (page: 'person' | 'calendar', href: string, label: string) =>
    html`<a href="${href}"${page === person.page && html` aria-current="page"`}>${label}</a>`;
  return html`<nav aria-label="Person">
<a href="${address}">← All users</a>
${tab('person', `${address}/${person.id}`, 'Entra admin center')}
${tab('calendar', `${address}/${person.id}/calendar`, 'Outlook')}
</nav>`;
}

function aside(deps: PretendDeps, tenant: Tenant): Markup {
  return html`<aside aria-labelledby="told">
<h2 id="told">What Graph told in the last minute</h2>
<div id="deliveries" data-address="${PRETEND_PATH}/${tenant.id}/deliveries">${deliveriesPart(deps, tenant)}</div>
</aside>`;
}
