/** What a request asks for, once its target is decoded. */
export type Target =
  | { readonly kind: 'index'; readonly query: URLSearchParams }
  | { readonly kind: 'object'; readonly key: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly code: string; readonly message: string };

/** S3's limit. */
const MAX_KEY_BYTES = 1024;

/**
 * Reads the target of a request as it was sent. The URL classes of the platform must not see it: they resolve
 * `..` and `%2e%2e` on their own, and what a mirror refuses has to be decided on the bytes that arrived.
 *
 * As in S3, `%2F` is a slash of the key like any other, and `+` in a path is a plus.
 */
export function parseTarget(url: string): Target {
  // A client that takes us for a proxy sends the whole URL.
  const origin = url.replace(/^https?:\/\/[^/?]*/i, '');
  const cut = origin.indexOf('?');
  const path = cut < 0 ? origin : origin.slice(0, cut);
  if (path === '' || path === '/') {
    return { kind: 'index', query: new URLSearchParams(cut < 0 ? '' : origin.slice(cut + 1)) };
  }
  const key = path.startsWith('/') ? decode(path.slice(1)) : undefined;
  if (key === undefined || key.includes('\0') || key.split(/[/\\]/).includes('..')) {
    return refused(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    return refused(400, 'KeyTooLongError', 'Your key is too long.');
  }
  return { kind: 'object', key };
}

/**
 * The parts of a key as names of folders and a file; `undefined` for a key that no file can have here: empty parts,
 * hidden names (`.`, `..`, `.git`, `.DS_Store`), backslashes, drive letters.
 */
export function keyParts(key: string): string[] | undefined {
  const parts = key.split('/');
  return parts.every((part) => part !== '' && !part.startsWith('.') && !/[\\:\0]/.test(part))
    ? parts
    : undefined;
}

/** `undefined` when the percent-encoding is malformed, not UTF-8, or missing. */
function decode(path: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function refused(status: 400 | 404, code: string, message: string): Target {
  return { kind: 'refused', status, code, message };
}
