import { TapemillError } from '../errors.js';
import { type ObjectName, assertSymbol, normalizeSymbol, parseObjectKey } from '../market/index.js';
import type { ListQuery } from './archive.js';

/** Monthly objects are listed apart from daily ones. */
export const CADENCES = ['month', 'day'] as const;
export type Cadence = (typeof CADENCES)[number];

/** The object's name if the key is one of this query, else `undefined`: anything may lie in an archive's folder. */
export function nameOf(key: string, query: ListQuery, cadence: Cadence): ObjectName | undefined {
  if (!key.endsWith('.zip')) return undefined;
  let name: ObjectName;
  try {
    name = parseObjectKey(key);
  } catch (error) {
    if (TapemillError.is(error)) return undefined;
    throw error;
  }
  const symbol = normalizeSymbol(query.symbol);
  const file = normalizeSymbol(lastPart(key));
  const prefix = normalizeSymbol(`${symbol}-${query.interval ?? query.dataType}-`);
  const dated = /^\d{4}-\d{1,2}(-\d{1,2})?\.ZIP$/;
  if (name.period.kind !== cadence || !file.startsWith(prefix) || !dated.test(file.slice(prefix.length)))
    return undefined;
  return { ...name, symbol };
}

export function isSymbol(text: string): boolean {
  try {
    assertSymbol(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The parts of a key, all of which stay below the archive's root.
 * @throws `E_USAGE`
 */
export function keyParts(key: string): string[] {
  const parts = key.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part))) {
    throw new TapemillError('E_USAGE', `"${key}" is not the key of an archive object`, { object: key });
  }
  return parts;
}

/** The name of the file or folder that a key ends with; a slash at the end is not counted. */
export function lastPart(key: string): string {
  const path = key.endsWith('/') ? key.slice(0, -1) : key;
  return path.slice(path.lastIndexOf('/') + 1);
}
