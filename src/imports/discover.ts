import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TapemillError, fromSystemError } from '../errors.js';
import { type DateRange, type Period } from '../time/index.js';
import { parseDumpName } from './dump.js';
import type { DumpName } from './kinds.js';
import type { SourceFile } from './source.js';
import { type TardisChannel, type TardisExchange, type TardisName, parseTardisName } from './tardis-name.js';

/** Files of a folder that are to be imported, in order of time. */
export interface Discovered<Name> {
  readonly files: readonly (SourceFile & { readonly name: Name })[];
  /** Files that look like data and are not named as any of the format; nobody reads them. */
  readonly strays: readonly string[];
}

/**
 * Day files of a channel.
 * @param symbols those that are wanted; null: all
 * @param exchange whose files are wanted; absent: of any
 * @throws `E_IMPORT_NAME` when there is none, or a day twice; `E_IO`, `E_USAGE`, `E_SYMBOL`, `E_PERIOD`
 */
export async function discoverTardis(
  path: string,
  channel: TardisChannel,
  range: DateRange | null,
  symbols: readonly string[] | null,
  exchange?: TardisExchange,
): Promise<Discovered<TardisName>> {
  const found = await look(path, /\.csv(\.gz)?$/, 'tardis', (file) => {
    const name = parseTardisName(file);
    if (name === null) return null;
    const isOfOther = exchange !== undefined && name.exchange !== exchange;
    const isWanted = name.channel === channel && !isOfOther && (symbols?.includes(name.symbol) ?? true);
    return { name, period: name.day, isWanted };
  });
  return settle(found, path, range, `{exchange}_${channel}_{YYYY-MM-DD}_{SYMBOL}.csv.gz`);
}

/** Monthly or daily dumps of one name: in `{folder}/{name}`, or in the folder itself. @throws as `discoverTardis` */
export async function discoverDumps(
  folder: string,
  name: DumpName,
  range: DateRange | null,
): Promise<Discovered<DumpName>> {
  const inner = join(folder, name);
  const hasInner = await stat(inner).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  const path = hasInner ? inner : folder;
  const found = await look(path, /\.csv(\.gz)?$/, 'dump', (file) => {
    const period = parseDumpName(file, name);
    // Beside one another in one folder, the other dumps are no strays.
    if (period === null) return !hasInner && /^[A-Za-z]+_\d{4}-\d{2}/.test(file) ? 'other' : null;
    return { name, period, isWanted: true };
  });
  return settle(found, path, range, `${name}/${name}_{YYYY-MM}.csv`);
}

/** Captured messages; their names say nothing. @throws `E_IMPORT_NAME`, `E_IO` */
export async function discoverCaptures(path: string): Promise<Discovered<null>> {
  const found = await look(path, /\.(ndjson|jsonl|json)(\.gz)?$/, 'forceorder', () => ({
    name: null,
    period: null,
    isWanted: true,
  }));
  return settle(found, path, null, '{anything}.ndjson, .jsonl or .json, with or without .gz');
}

interface Found<Name> {
  readonly files: (SourceFile & { readonly name: Name })[];
  readonly strays: string[];
}

async function look<Name>(
  path: string,
  looksLikeData: RegExp,
  format: SourceFile['format'],
  read: (file: string) => { name: Name; period: Period | null; isWanted: boolean } | 'other' | null,
): Promise<Found<Name>> {
  const found: Found<Name> = { files: [], strays: [] };
  const { folder, names } = await list(path);
  for (const file of names.filter((name) => looksLikeData.test(name) && !name.startsWith('.'))) {
    const known = read(file);
    if (known === 'other') continue;
    if (known === null) {
      found.strays.push(file);
      continue;
    }
    if (!known.isWanted) continue;
    const key = file.replace(looksLikeData, '');
    found.files.push({ path: join(folder, file), file, key, format, period: known.period, name: known.name });
  }
  return found;
}

/** A file may be named instead of its folder. */
async function list(path: string): Promise<{ folder: string; names: string[] }> {
  try {
    if ((await stat(path)).isDirectory()) return { folder: path, names: (await readdir(path)).sort() };
    return { folder: dirname(path), names: [basename(path)] };
  } catch (error) {
    throw fromSystemError(error, 'cannot read', path);
  }
}

function settle<Name>(
  { files, strays }: Found<Name>,
  path: string,
  range: DateRange | null,
  expected: string,
): Discovered<Name> {
  if (files.length === 0) {
    const found = strays.length === 0 ? 'no such file' : strays.slice(0, 3).join(', ');
    throw new TapemillError(
      'E_IMPORT_NAME',
      `${path}: expected files named ${expected}, found ${found}${strays.length > 3 ? ' …' : ''}`,
      { path, expected, found },
    );
  }
  files.sort((a, b) => (a.period?.startMs ?? 0) - (b.period?.startMs ?? 0) || (a.file < b.file ? -1 : 1));
  const byKey = new Map<string, string>();
  for (const { key, file } of files) {
    const other = byKey.get(key);
    if (other !== undefined) {
      throw new TapemillError('E_IMPORT_NAME', `${path}: ${other} and ${file} are of the same; remove one`, {
        path,
        found: `${other}, ${file}`,
      });
    }
    byKey.set(key, file);
  }
  const within = files.filter(
    ({ period }) => !range || !period || (period.startMs < range.endMs && period.endMs > range.startMs),
  );
  if (within.length > 0) return { files: within, strays };
  const [first, last] = [files[0]!.period!.key, files.at(-1)!.period!.key];
  throw new TapemillError(
    'E_IMPORT_NAME',
    `${path}: none of its files is of ${range!.start} … ${range!.end}; they are of ${first} … ${last}`,
    { path, expected: `${range!.start} … ${range!.end}`, found: `${first} … ${last}` },
  );
}
