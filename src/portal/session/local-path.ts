/** A path of this very site to go on to; anything else, such as an address of another site, becomes the first page. */
export function localPath(text: string | null): string {
  if (text === null || !text.startsWith('/') || /^\/[/\\]/.test(text)) return '/';
  const base = 'http://portal.invalid';
  try {
    const url = new URL(text, base);
    return url.origin === base ? `${url.pathname}${url.search}${url.hash}` : '/';
  } catch {
    return '/';
  }
}
