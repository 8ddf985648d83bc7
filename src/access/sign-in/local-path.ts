/** Longest path that is gone back to, in characters: a cookie holds it, and all of a cookie 4,096 bytes (RFC 6265 section 6.1). */
const MAX_LENGTH = 2_000;

/**
 * The path of ours that a text names, with query and fragment; `/` for everything else. Read the way a browser reads
 * it, in which `//host`, `/\host` and `/.//host` lead elsewhere.
 */
export function localPath(text: string | undefined, publicUrl: string): string {
  if (!text?.startsWith('/') || !URL.canParse(text, publicUrl)) return '/';
  const { origin, pathname, search, hash } = new URL(text, publicUrl);
  if (origin !== new URL(publicUrl).origin || pathname.startsWith('//')) return '/';
  const path = `${pathname}${search}${hash}`;
  return path.length > MAX_LENGTH ? '/' : path;
}
