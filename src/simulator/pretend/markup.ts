/** Text that is HTML already; everything else is escaped on its way into a page. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | null | undefined | false | Markup | readonly Markup[];

/** A piece of a page: what is put in is shown as it is written, whatever characters are in it. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const pieces = texts.map((text, index) => text + (index < parts.length ? shown(parts[index]) : ''));
  return { markup: pieces.join('') };
}

function shown(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('\n');
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
