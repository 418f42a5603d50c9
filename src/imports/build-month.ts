import { TapemillError } from '../errors.js';
import type { Publish } from '../layer/index.js';
import { type Period, daysOfMonth } from '../time/index.js';
import { IMPORT_SCHEMA_VERSION, type ImportFacts, type ImportSource } from './facts.js';
import { resolveAcross } from './identity.js';
import type { ImportKind } from './kinds.js';
import { MonthReader, MonthWriter } from './month-file.js';
import { type Candidate, type SourcePool, monthsOf } from './pool.js';
import { type Rows, concatRows, firstAtOrAfter, pickRows, sliceRows } from './rows.js';
import type { LoadedSource } from './source.js';

export interface BuildRequest {
  readonly path: string;
  readonly kind: ImportKind;
  readonly symbol: string;
  readonly month: Period;
  /** Files to read, sorted by id; those of other months that may have rows of this one included. */
  readonly fresh: readonly Candidate[];
  readonly knownAfterUs: number;
  readonly tapemillVersion: string;
  /** How the file gets its name; at once, if absent. */
  readonly publish?: Publish | undefined;
}

/** What of a file went into the month so far. */
interface Share {
  rows: number;
  superseded: number;
}

/**
 * Writes a month anew out of what its file holds and of fresh files. Rows of files that are not among these stay; a
 * file that cannot be used changes nothing. The result depends on the set of files alone, not on the order or the
 * number of imports.
 * @returns rows in the month; null when there is nothing to write: no file, and none of the fresh ones has a row
 * @throws `E_LAYER`, `E_DISK_FULL`, `E_IO`, `E_USAGE` when rows would be lost
 */
export async function buildMonth(request: BuildRequest, pool: SourcePool): Promise<number | null> {
  const existing = await MonthReader.open(request.path);
  try {
    return await build(request, pool, existing);
  } finally {
    await existing?.close();
  }
}

async function build(
  request: BuildRequest,
  pool: SourcePool,
  existing: MonthReader | null,
): Promise<number | null> {
  const { kind, month, fresh } = request;
  const old = existing?.facts.sources ?? [];
  assertNothingIsLost(request.path, old, fresh);
  const shares = new Map<number, Share>();
  for (const { id, superseded } of old) shares.set(id, { rows: 0, superseded });
  const loaded = new Map<number, Omit<ImportSource, 'rows' | 'superseded'>>();

  let writer: MonthWriter | undefined;
  let total = 0;
  try {
    for (const day of daysOfMonth(month)) {
      const parts: Rows[] = [];
      for (const candidate of fresh) {
        const { window, id } = candidate;
        if (window.endMs <= day.startMs || window.startMs >= day.endMs) continue;
        const source = await pool.get(candidate);
        if (!source) continue;
        if (!loaded.has(id)) {
          loaded.set(id, factsOf(candidate, source));
          shares.set(id, { rows: 0, superseded: 0 });
        }
        parts.push(rowsOfDay(source, id, day));
      }
      const kept = existing && withoutSources(await existing.day(day.startMs), loaded);
      if (kept) parts.push(kept);
      const rows = resolveAcross(concatRows(parts, kind.columns.length), kind.identity, (id) => {
        shares.get(id)!.superseded++;
      });
      pool.release(fresh, day.endMs);
      if (rows.length === 0) continue;
      if (kind.columns[1]!.name === 'known_ts') restamp(rows, request.knownAfterUs);
      for (const id of rows.columns.at(-1)!) shares.get(id)!.rows++;
      writer ??= await MonthWriter.create(request.path, kind);
      await writer.appendDay(rows);
      total += rows.length;
    }
    // A file of another month that has nothing of this one is none of its sources.
    const used = [...loaded.values()].filter(
      ({ id, startUs, endUs }) => isAbout(month, startUs, endUs) || hasRows(shares.get(id)),
    );
    const isReplacing = old.some(({ id }) => loaded.has(id));
    const isRestamped = existing !== null && existing.facts.knownAfterUs !== request.knownAfterUs;
    if (used.length === 0 && !isReplacing && !isRestamped) {
      await writer?.abort();
      return null;
    }
    const sources = [...old.filter(({ id }) => !loaded.has(id)), ...used]
      .map((source): ImportSource => ({ ...source, ...shares.get(source.id)! }))
      .sort((a, b) => a.id - b.id);
    writer ??= await MonthWriter.create(request.path, kind);
    const facts: ImportFacts = {
      schemaVersion: IMPORT_SCHEMA_VERSION,
      tapemillVersion: request.tapemillVersion,
      kind: kind.name,
      symbol: request.symbol,
      period: month.key,
      knownAfterUs: request.knownAfterUs,
      sources,
    };
    await writer.commit(facts, request.publish);
    return total;
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

/**
 * A file that is replaced takes its rows along, those too that were stored as its own while another file has them as
 * well. That other file must then be read again.
 */
function assertNothingIsLost(path: string, old: readonly ImportSource[], fresh: readonly Candidate[]): void {
  const read = new Set(fresh.map(({ id }) => id));
  const replaced = old.find(({ id }) => read.has(id));
  const sharing = old.find(({ id, superseded }) => superseded > 0 && !read.has(id));
  if (!replaced || !sharing) return;
  throw new TapemillError(
    'E_USAGE',
    `${path}: ${replaced.file} was replaced, and ${sharing.superseded} rows of ${sharing.file} are stored as another ` +
      `file's that has them too; import both files together`,
    { path, expected: sharing.file },
  );
}

function factsOf({ id, source }: Candidate, loaded: LoadedSource): Omit<ImportSource, 'rows' | 'superseded'> {
  return {
    id,
    key: source.key,
    file: source.file,
    format: source.format,
    bytes: loaded.read.bytes,
    sha256: loaded.read.sha256,
    startUs: loaded.covers?.[0] ?? null,
    endUs: loaded.covers?.[1] ?? null,
    lowerBound: loaded.lowerBound,
    account: loaded.account,
    months: monthsOf(loaded),
  };
}

function isAbout(month: Period, startUs: number | null, endUs: number | null): boolean {
  return startUs !== null && endUs !== null && startUs < month.endMs * 1000 && endUs > month.startMs * 1000;
}

function hasRows(share: Share | undefined): boolean {
  return share !== undefined && share.rows + share.superseded > 0;
}

function rowsOfDay({ rows }: LoadedSource, id: number, day: Period): Rows {
  const ts = rows.columns[0]!;
  const part = sliceRows(rows, firstAtOrAfter(ts, day.startMs * 1000), firstAtOrAfter(ts, day.endMs * 1000));
  return {
    length: part.length,
    columns: [...part.columns.slice(0, -1), new Float64Array(part.length).fill(id)],
  };
}

function withoutSources(rows: Rows, replaced: ReadonlyMap<number, unknown>): Rows {
  const source = rows.columns.at(-1)!;
  if (!source.some((id) => replaced.has(id))) return rows;
  const kept: number[] = [];
  source.forEach((id, index) => {
    if (!replaced.has(id)) kept.push(index);
  });
  return pickRows(rows, Uint32Array.from(kept));
}

/** `known_ts` follows from `ts`, whatever was said when the row was first imported. */
function restamp({ columns }: Rows, knownAfterUs: number): void {
  const [ts, known] = [columns[0]!, columns[1]!];
  for (let i = 0; i < ts.length; i++) known[i] = ts[i]! + knownAfterUs;
}
