const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `text` is a GUID in its canonical lower-case form. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** The canonical form of a GUID written with spaces, braces or capitals around it, or null where it is none. */
export function normaliseGuid(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .trim()
    .toLowerCase();
  return isGuid(bare) ? bare : null;
}
