import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';

/** Content of a JSON file; undefined when there is none or it is not JSON. @throws `E_IO` */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw fromSystemError(error, 'reading', path);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Why files with the meta data `existing` do not answer a request, in words, or null when they do. `existing` is JSON
 * from a file that anyone may have edited: anything unexpected in it is a difference.
 * @param members those of the identity with what a difference means, in the order in which it is worth telling
 */
export function whyDifferent<Identity extends object>(
  existing: unknown,
  wanted: Identity,
  members: readonly (readonly [keyof Identity & string, string])[],
): string | null {
  if (typeof existing !== 'object' || existing === null) return 'the meta file is not ours';
  const found = new Map<string, unknown>(Object.entries(existing));
  for (const [member, reason] of members) {
    if (JSON.stringify(found.get(member)) !== JSON.stringify(wanted[member])) return reason;
  }
  return null;
}

/** Whether CSV and Parquet are still those that the meta file speaks of, by their size; null when they are. */
export async function whyLost(
  paths: { readonly csv: string; readonly parquet: string },
  existing: unknown,
): Promise<string | null> {
  const recorded = existing as { files?: Record<string, { bytes?: unknown } | undefined> };
  for (const kind of ['csv', 'parquet'] as const) {
    const size = (await stat(paths[kind]).catch(() => undefined))?.size;
    if (size === undefined) return `${basename(paths[kind])} is gone`;
    if (size !== recorded.files?.[kind]?.bytes)
      return `${basename(paths[kind])} has another size than recorded`;
  }
  return null;
}
