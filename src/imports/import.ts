import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TapemillError } from '../errors.js';
import { withLock } from '../download/index.js';
import { type Publish, sweepTempFiles } from '../layer/index.js';
import { type DateRange, monthsBetween } from '../time/index.js';
import type { ImportAccount } from './account.js';
import { buildMonth } from './build-month.js';
import type { ImportFacts, ImportSource } from './facts.js';
import { hashFile } from './file-bytes.js';
import { type KindName, kindOf } from './kinds.js';
import { MonthReader } from './month-file.js';
import { importFolder, importPath } from './paths.js';
import { type Candidate, type FailedSource, SourcePool, monthsOf } from './pool.js';
import { type Survey, surveyImported } from './survey.js';

export interface SymbolImportRequest {
  readonly dataDir: string;
  readonly kind: KindName;
  readonly symbol: string;
  readonly candidates: readonly Candidate[];
  readonly knownAfterUs: number;
  /** Within which gaps are looked for; null: what the files cover. */
  readonly range: DateRange | null;
  readonly tapemillVersion: string;
  readonly onProgress?: (event: ImportProgress) => void;
  /** How month files get their names; at once, if absent. */
  readonly publish?: Publish | undefined;
}

export type ImportProgress =
  | { readonly type: 'read'; readonly file: string; readonly account: ImportAccount }
  | { readonly type: 'failed'; readonly file: string; readonly error: TapemillError }
  | { readonly type: 'written'; readonly month: string; readonly path: string; readonly rows: number };

export interface MonthImport {
  readonly month: string;
  readonly path: string;
  readonly status: 'written' | 'unchanged';
  /** Why it was written; null when it was not. */
  readonly reason: string | null;
}

/** What became of the files of one symbol. */
export interface SymbolImport {
  readonly kind: KindName;
  readonly symbol: string;
  readonly status: 'written' | 'unchanged' | 'failed';
  readonly months: readonly MonthImport[];
  /** Files that were asked for and are in the layer now. */
  readonly files: number;
  /** Of these, files that were there already, unchanged. */
  readonly unchangedFiles: number;
  readonly failures: readonly FailedSource[];
  /** Sum over `files`. */
  readonly account: ImportAccount;
  /** Rows of these files that are stored as another file's, which has them too. */
  readonly superseded: number;
  /** Columns that nobody asked for, of any file. */
  readonly ignoredColumns: readonly string[];
  readonly survey: Survey;
}

/** Of a file that was read now, or, of one that was there already, what its footer says. */
interface Known {
  readonly account: ImportAccount;
  readonly ignoredColumns: readonly string[];
}

/**
 * Brings the month files of one symbol up to date with these files. What is on disk of other files stays; a file that
 * is there already with the same SHA-256 is not read again; a file that cannot be used is reported and changes nothing.
 * @throws `E_LAYER` when a month file is damaged, `E_DISK_FULL`, `E_IO`, `E_USAGE`
 */
export async function importSymbol(request: SymbolImportRequest): Promise<SymbolImport> {
  const folder = importFolder(request.dataDir, request.kind, request.symbol);
  const sleep = (ms: number): Promise<void> => wait(ms);
  return withLock(join(folder, '.import.lock'), sleep, () => importLocked(request, folder));
}

async function importLocked(request: SymbolImportRequest, folder: string): Promise<SymbolImport> {
  const { dataDir, kind, symbol, knownAfterUs } = request;
  await sweepTempFiles(folder);
  const footers = new Footers((month) => importPath(dataDir, kind, symbol, month));
  const known = new Map<number, Known>();
  const pool = new SourcePool(
    ({ id, source }, { account, ignoredColumns }) => {
      known.set(id, { account, ignoredColumns });
      request.onProgress?.({ type: 'read', file: source.file, account });
    },
    ({ file, error }) => request.onProgress?.({ type: 'failed', file, error }),
  );
  const reasons = new Map<string, string[]>();
  const stale: Candidate[] = [];
  const concerned = new Set<string>();
  const reread = (candidate: Candidate, reason: string): void => {
    stale.push(candidate);
    for (const { key } of monthsBetween(candidate.window.startMs, candidate.window.endMs)) {
      reasons.set(key, [...(reasons.get(key) ?? []), reason]);
    }
  };
  for (const candidate of [...request.candidates].sort((a, b) => a.id - b.id)) {
    const homes = await homesOf(candidate, pool);
    if (homes === null) continue;
    for (const month of homes) concerned.add(month);
    const reason = await whyRead(candidate, homes, footers);
    if (reason === null) {
      const source = (await footers.get(homes[0]!))!.sources.find(({ id }) => id === candidate.id)!;
      known.set(candidate.id, { account: source.account, ignoredColumns: [] });
      continue;
    }
    reread(candidate, reason);
  }
  await rereadSharers(request.candidates, stale, reasons, footers, reread);
  for (const month of concerned) {
    const before = (await footers.get(month))?.knownAfterUs;
    if (before !== undefined && before !== knownAfterUs) {
      reasons.set(month, [
        `rows were usable ${before / 1e6} s after their stamp, now ${knownAfterUs / 1e6} s`,
      ]);
    }
  }

  const months = new Map<string, MonthImport>();
  for (const [month, said] of [...reasons].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = importPath(dataDir, kind, symbol, month);
    const [period] = monthsBetween(Date.parse(`${month}-01T00:00Z`), Date.parse(`${month}-01T00:00Z`) + 1);
    const fresh = stale.filter(
      ({ window }) => window.startMs < period!.endMs && window.endMs > period!.startMs,
    );
    const rows = await buildMonth(
      {
        path,
        kind: kindOf(kind),
        symbol,
        month: period!,
        fresh,
        // What only borders on the files keeps its own rule.
        knownAfterUs: concerned.has(month)
          ? knownAfterUs
          : ((await footers.get(month))?.knownAfterUs ?? knownAfterUs),
        tapemillVersion: request.tapemillVersion,
        publish: request.publish,
      },
      pool,
    );
    if (rows === null) continue;
    const reason = said.length === 1 ? said[0]! : `${said.length} files, the first: ${said[0]!}`;
    months.set(month, { month, path, status: 'written', reason });
    request.onProgress?.({ type: 'written', month, path, rows });
  }
  for (const month of concerned) {
    if (months.has(month) || (await footers.get(month)) === null) continue;
    const path = importPath(dataDir, kind, symbol, month);
    months.set(month, { month, path, status: 'unchanged', reason: null });
  }

  const used = request.candidates.filter(({ id }) => known.has(id));
  const sorted = [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
  const written = sorted.some(({ status }) => status === 'written');
  return {
    kind,
    symbol,
    status: used.length === 0 ? 'failed' : written ? 'written' : 'unchanged',
    months: sorted,
    files: used.length,
    unchangedFiles: used.filter((candidate) => !stale.includes(candidate)).length,
    failures: [...pool.failures.values()],
    account: sumAccounts([...known.values()].map(({ account }) => account)),
    superseded: await supersededOf(sorted, new Set(used.map(({ id }) => id))),
    ignoredColumns: [...new Set([...known.values()].flatMap(({ ignoredColumns }) => ignoredColumns))].sort(),
    survey: await surveyImported(kind, dataDir, symbol, request.range ?? null),
  };
}

/** A file some of whose rows are stored as those of a file that is replaced is read again with it, if it is at hand. */
async function rereadSharers(
  candidates: readonly Candidate[],
  stale: readonly Candidate[],
  reasons: ReadonlyMap<string, unknown>,
  footers: Footers,
  reread: (candidate: Candidate, reason: string) => void,
): Promise<void> {
  // Each one may bring further months and files with it.
  for (let before = -1; before !== stale.length;) {
    before = stale.length;
    for (const month of [...reasons.keys()]) {
      const sources = (await footers.get(month))?.sources ?? [];
      const replaced = sources.find(({ id }) => stale.some((candidate) => candidate.id === id));
      if (!replaced) continue;
      for (const { id, superseded } of sources) {
        const candidate = candidates.find((one) => one.id === id);
        if (superseded === 0 || !candidate || stale.includes(candidate)) continue;
        reread(candidate, `${replaced.file} was replaced, which shares rows with ${candidate.source.file}`);
      }
    }
  }
}

/** Months that must know the file: those of its name, or, when that says nothing, those it covers or has rows of. */
async function homesOf(candidate: Candidate, pool: SourcePool): Promise<string[] | null> {
  const { period } = candidate.source;
  if (period) return monthsBetween(period.startMs, period.endMs).map(({ key }) => key);
  const loaded = await pool.get(candidate);
  if (!loaded) return null;
  const covered = loaded.covers ? monthsBetween(loaded.covers[0] / 1000, loaded.covers[1] / 1000) : [];
  return [...new Set([...covered.map(({ key }) => key), ...monthsOf(loaded)])].sort();
}

/** Why a file must be read, in words; null when all its months have it as it is. */
async function whyRead(
  { id, source }: Candidate,
  homes: readonly string[],
  footers: Footers,
): Promise<string | null> {
  const find = async (month: string): Promise<ImportSource | undefined> =>
    (await footers.get(month))?.sources.find((candidate) => candidate.id === id);
  const sources = await Promise.all(homes.map(find));
  const known = sources[0];
  if (!known) return `${source.file} is new`;
  const now = await hashFile(source.path).catch(() => null);
  for (const month of new Set([...homes, ...known.months])) {
    const there = await find(month);
    if (!there) return `${month} lacks ${source.file}`;
    if (there.sha256 !== now?.sha256) {
      return `${source.file} was replaced: sha256 ${there.sha256.slice(0, 12)}… now ${now?.sha256.slice(0, 12) ?? 'unreadable'}…`;
    }
  }
  return null;
}

/** Footers of month files, each read once. */
class Footers {
  readonly #facts = new Map<string, Promise<ImportFacts | null>>();

  constructor(private readonly pathOf: (month: string) => string) {}

  get(month: string): Promise<ImportFacts | null> {
    let facts = this.#facts.get(month);
    if (!facts) {
      facts = readImportFacts(this.pathOf(month));
      this.#facts.set(month, facts);
    }
    return facts;
  }
}

/** Footer of a month file; null when there is none. @throws `E_LAYER`, `E_IO` */
export async function readImportFacts(path: string): Promise<ImportFacts | null> {
  const reader = await MonthReader.open(path);
  await reader?.close();
  return reader?.facts ?? null;
}

async function supersededOf(months: readonly MonthImport[], ids: ReadonlySet<number>): Promise<number> {
  let sum = 0;
  for (const { path } of months) {
    const facts = await readImportFacts(path);
    for (const { id, superseded } of facts?.sources ?? []) if (ids.has(id)) sum += superseded;
  }
  return sum;
}

function sumAccounts(accounts: readonly ImportAccount[]): ImportAccount {
  const sum = (name: Exclude<keyof ImportAccount, 'firstTs' | 'lastTs' | 'firstMalformed'>): number =>
    accounts.reduce((total, account) => total + account[name], 0);
  const times = accounts.flatMap(({ firstTs, lastTs }) => (firstTs === null ? [] : [firstTs, lastTs!]));
  return {
    rows: sum('rows'),
    accepted: sum('accepted'),
    duplicate: sum('duplicate'),
    contradictory: sum('contradictory'),
    outside: sum('outside'),
    malformed: sum('malformed'),
    ignored: sum('ignored'),
    unsorted: sum('unsorted'),
    neighbours: sum('neighbours'),
    firstTs: times.length === 0 ? null : Math.min(...times),
    lastTs: times.length === 0 ? null : Math.max(...times),
    firstMalformed: accounts.find(({ firstMalformed }) => firstMalformed !== null)?.firstMalformed ?? null,
  };
}
