/** After so long without a hand on the page nobody uses it, whatever it reads by itself. */
const ATTENDED_MS = 5 * 60_000;

let touchedAt = Date.now();
for (const kind of ['pointerdown', 'pointermove', 'wheel', 'keydown', 'click']) {
  const options = { capture: true, passive: true };
  addEventListener(kind, () => (touchedAt = Date.now()), options);
}

/** Whether somebody does something on this page, or did a moment ago. */
export function isAttended(): boolean {
  return Date.now() - touchedAt < ATTENDED_MS;
}
