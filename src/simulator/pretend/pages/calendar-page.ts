import { DateTime } from 'luxon';
import { DAY_MS, HOUR_MS } from '../../../kernel/clock.js';
import type { EventInstance } from '../../world/calendar/calendar-types.js';
import { spanOf } from '../../world/calendar/wall-time.js';
import type { DirectoryUser, Tenant } from '../../world/types.js';
import { type Fields, PRETEND_PATH } from '../exchange.js';
import { mailboxZone } from '../mailbox-zone.js';
import { html, type Markup } from '../markup.js';

const AHEAD_MS = 30 * DAY_MS;
const MOST_SHOWN = 40;

interface CalendarWanted {
  readonly tenant: Tenant;
  readonly user: DirectoryUser;
  readonly nowMs: number;
  readonly typed: Fields;
}

/** Somebody's next events, and a form for another; times are those of the mailbox's zone. */
export function calendarPage({ tenant, user, nowMs, typed }: CalendarWanted): Markup {
  if (user.deletedAtMs !== null) return html`<p>The account is deleted: there is no calendar to open.</p>`;
  if (typeof user.mailbox === 'string')
    return html`<p>${user.mailbox === 'none' ? 'This person has no mailbox.' : 'This mailbox is blocked.'}</p>`;
  const { iana, timeZone } = mailboxZone(user);
  const address = `${PRETEND_PATH}/${tenant.id}/people/${user.id}`;
  const window = { fromMs: nowMs, toMs: nowMs + AHEAD_MS, zone: iana };
  const events = tenant.calendars.view(user.id).between(window);
  const rows = events.slice(0, MOST_SHOWN).map((event) => shown(event, { address, iana }));
  return html`<p class="facts">Times are in ${timeZone}${timeZone !== iana && ` (${iana})`}.</p>
<section aria-labelledby="new">
<h2 id="new">New event</h2>
${newEvent(address, usualTimes(nowMs, iana), typed)}
</section>
<section aria-labelledby="next">
<h2 id="next">Next 30 days</h2>
${rows.length === 0 ? html`<p class="hint">Nothing.</p>` : html`<ul class="events">${rows}</ul>`}
${events.length > MOST_SHOWN && html`<p class="hint">These are the first ${MOST_SHOWN}.</p>`}
</section>`;
}

function newEvent(address: string, times: { start: string; end: string }, typed: Fields): Markup {
  const shownAs = [
    ['busy', 'Busy'],
    ['oof', 'Away'],
    ['workingElsewhere', 'Working elsewhere'],
    ['free', 'Free'],
  ].map(([value, label]) => html`<option value="${value}">${label}</option>`);
  return html`<form class="fields" method="post" action="${address}/event-new">
<div class="field"><label for="subject">Title</label><input id="subject" name="subject" dir="auto" autocomplete="off" value="${typed['subject']}"></div>
<div class="field"><label for="start">Start</label><input id="start" name="start" type="datetime-local" required value="${typed['start'] ?? times.start}"></div>
<div class="field"><label for="end">End</label><input id="end" name="end" type="datetime-local" required value="${typed['end'] ?? times.end}"></div>
<div class="field"><label for="showAs">Show as</label><select id="showAs" name="showAs">${shownAs}</select></div>
<div class="field check"><input id="private" name="private" type="checkbox" value="yes"><label for="private">Private</label></div>
<div><button class="first">Save</button></div>
</form>`;
}

function shown(event: EventInstance, { address, iana }: { address: string; iana: string }): Markup {
  const { id, type, content } = event;
  const { subject, isAllDay, sensitivity, isCancelled } = content;
  const title = subject ?? '(No title)';
  const [start, end] = [inZone(spanOf(content, iana).startMs, iana), inZone(spanOf(content, iana).endMs, iana)];
  const when = isAllDay
    ? `${start.toFormat('ccc d LLL')}, all day`
    : `${start.toFormat('ccc d LLL, HH:mm')} – ${end.toFormat(start.hasSame(end, 'day') ? 'HH:mm' : 'd LLL, HH:mm')}`;
  const isPrivate = sensitivity === 'private';
  const button = (act: string, label: string, kind = '') =>
    html`<form method="post" action="${address}/${act}"><input type="hidden" name="event" value="${id}"><button class="${kind}" aria-label="${label}: ${title}">${label}</button></form>`;
  const times = html`<div class="field"><label>Start <input name="start" type="datetime-local" required value="${start.toFormat(LOCAL)}"></label></div>
<div class="field"><label>End <input name="end" type="datetime-local" required value="${end.toFormat(LOCAL)}"></label></div>`;
  return html`<li class="${isCancelled ? 'cancelled' : ''}">
<div class="head"><strong dir="auto">${title}</strong> <span>${when}</span>
${isPrivate && html`<span class="badge off">Private</span>`}${isCancelled && html`<span class="badge gone">Cancelled</span>`}${type !== 'singleInstance' && html`<span class="badge">Of a series</span>`}</div>
<details><summary>Change</summary>
<form class="fields" method="post" action="${address}/event-edit"><input type="hidden" name="event" value="${id}">
<div class="field"><label>Title <input name="subject" dir="auto" autocomplete="off" value="${subject}"></label></div>
${!isAllDay && times}
<div><button class="first">Save</button></div></form>
<div class="line">
${isPrivate ? button('event-public', 'Not private any more') : button('event-private', 'Mark private')}
${!isCancelled && button('event-cancel', 'Cancel event')}
${button('event-delete', 'Delete', 'danger')}
</div>
</details>
</li>`;
}

/** As a `datetime-local` field has it. */
const LOCAL = "yyyy-MM-dd'T'HH:mm";

function inZone(atMs: number, zone: string): DateTime {
  return DateTime.fromMillis(atMs, { zone, locale: 'en' });
}

/** From the next full hour but one, for an hour. */
function usualTimes(nowMs: number, zone: string): { start: string; end: string } {
  const start = inZone(nowMs + 2 * HOUR_MS, zone).startOf('hour');
  return { start: start.toFormat(LOCAL), end: start.plus({ hours: 1 }).toFormat(LOCAL) };
}
