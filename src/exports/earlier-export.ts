import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { TapemillError } from '../errors.js';

export const MANIFEST_NAME = 'manifest.json';
export const MANIFEST_TYPE = 'tapemill-export';
export const LOCK_NAME = 'dataset.lock';

/**
 * Only what an export has written may be replaced by one.
 * @throws `E_USAGE` naming what is there and is not an export's
 */
export async function refuseForeign(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  const refuse = (what: string): never => {
    throw new TapemillError('E_USAGE', `${path} ${what}; give another folder with --out`, { path });
  };
  if (!found.isDirectory()) return refuse('is not a folder');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(path, join(parentPath, name)).split(sep).join('/'));
  if (files.length === 0) return;
  const listed = await readListed(join(path, MANIFEST_NAME));
  if (!listed) return refuse('holds files and no manifest.json of an export');
  const foreign = files.find((name) => !listed.has(name));
  if (foreign !== undefined) refuse(`holds ${foreign}, which no export wrote`);
}

/** Names of the files of an earlier export; undefined when the manifest is not one. */
async function readListed(path: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> | null;
    if (manifest?.['type'] !== MANIFEST_TYPE || !Array.isArray(manifest['files'])) return undefined;
    const names = manifest['files'].map((file: { name?: unknown } | null) => String(file?.name));
    return new Set([...names, MANIFEST_NAME]);
  } catch {
    return undefined;
  }
}
