import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSystemError } from '../errors.js';

/** What is served as a file; nothing of another kind is. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/** Where the page is: `dist/web`, also when this runs from `src/`. Never in the data folder. */
export const WEB_ROOT = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** Files of packages, by the name they are served as. */
const VENDOR = ['uPlot.esm.js', 'uPlot.min.css'];

/**
 * The file that a path of a URL means; null when there is none. `/` is `index.html` of the page, `/web/…` what is beside
 * it, `/vendor/…` one of a few files of packages.
 * @param path as `whyRefused` lets it through: plain, without dots at the start of a segment
 */
export async function findStatic(webRoot: string, path: string): Promise<StaticFile | null> {
  if (path === '/') return readStatic(webRoot, 'index.html');
  const [, top, ...rest] = path.split('/');
  const name = rest.join('/');
  if (top === 'web') return readStatic(webRoot, name);
  if (top === 'vendor' && VENDOR.includes(name)) return readStatic(uplotFolder(), name);
  return null;
}

async function readStatic(root: string, name: string): Promise<StaticFile | null> {
  const type = TYPES[extname(name)];
  if (type === undefined) return null;
  try {
    const [inside, path] = [await realpath(root), await realpath(join(root, name))];
    // A link in the folder may point anywhere.
    if (!path.startsWith(inside + sep)) return null;
    const bytes = new Uint8Array(await readFile(path));
    return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].some((code) => isSystemError(error, code))) return null;
    throw error;
  }
}

function uplotFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
}
