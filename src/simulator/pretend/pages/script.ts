/** Everything works without it: it keeps what Graph told up to date and asks before somebody is deleted. */
export const SCRIPT = `'use strict';
const box = document.getElementById('deliveries');
const status = document.querySelector('.said');

async function look() {
  try {
    const answer = await fetch(box.dataset.address);
    const text = await answer.text();
    // The server has escaped what is in it.
    if (answer.ok && text !== box.dataset.last) box.innerHTML = box.dataset.last = text;
  } catch {
    // The simulator stopped; the next look may find it again.
  }
  setTimeout(look, document.hidden ? 10000 : 1500);
}
if (box) look();

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (!button || !button.classList.contains('danger')) return;
  const what = button.getAttribute('aria-label') || button.textContent;
  if (!confirm(what + '?')) event.preventDefault();
});

const tenant = document.getElementById('tenant');
if (tenant) tenant.addEventListener('change', () => tenant.form.submit());
if (status) history.replaceState(null, '', location.pathname);
`;
