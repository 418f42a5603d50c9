import { TapemillError } from '../errors.js';
import {
  type BarsOfPeriod,
  type LayerFacts,
  type Publish,
  LAYER_SCHEMA_VERSION,
  type SourceFacts,
  assembleDays,
  findLayerFacts,
  monthPath,
  readMonth,
  sliceDays,
  writeMonth,
} from '../layer/index.js';
import { contractSizeUsd } from '../market/index.js';
import { type RowAccount, type Thresholds, aggregateAggTrades } from '../ticks/index.js';
import { type DateRange, type Period, monthOf, parsePeriod } from '../time/index.js';
import type { SourceFile } from './source.js';
import { type ReadFile, hashFile, isGzipName, verifyGzip } from './file-bytes.js';
import { type TardisName, marketOfExchange } from './tardis-name.js';
import { aggTradesBytes, readStragglers } from './trade-rows.js';

export interface TradesImportRequest {
  readonly dataDir: string;
  /** Of one exchange and symbol. Files outside the range are looked at for rows of the last day only. */
  readonly files: readonly (SourceFile & { readonly name: TardisName })[];
  readonly range: DateRange | null;
  readonly thresholds: Thresholds;
  readonly tapemillVersion: string;
  readonly onDay?: (day: TradesDay) => void;
  /** How month files get their names; at once, if absent. */
  readonly publish?: Publish | undefined;
}

/** What became of one day file. */
export interface TradesDay {
  readonly day: string;
  readonly file: string;
  readonly status: 'milled' | 'unchanged' | 'skipped' | 'failed';
  /** Why it was milled or skipped; null when unchanged. */
  readonly reason: string | null;
  /** Of the rows; null when it was skipped or failed. */
  readonly account: RowAccount | null;
  readonly error: TapemillError | null;
}

export interface TradesImport {
  readonly symbol: string;
  readonly days: readonly TradesDay[];
  readonly months: readonly {
    readonly month: string;
    readonly path: string;
    readonly status: 'written' | 'unchanged';
  }[];
}

interface Part extends BarsOfPeriod {
  readonly source: SourceFacts;
}

type DayFile = TradesImportRequest['files'][number];

/**
 * Puts days of Tardis trades into the minute layer: a trade is a tick of one fill, so the `trade_count` of such a
 * minute counts fills. A day that the layer has from anywhere else stays as it is. Files are cut by the time of
 * arrival; where the next day's file is at hand, the rows of it that belong to the day are taken along, and
 * `memberName` names both.
 * @throws `E_LAYER`, `E_DISK_FULL`, `E_IO`; `E_USAGE` when the layer's month has other thresholds
 */
export async function importTrades(request: TradesImportRequest): Promise<TradesImport> {
  const { files, range } = request;
  const wanted = files.filter(
    ({ name }) => !range || (name.day.startMs >= range.startMs && name.day.startMs < range.endMs),
  );
  const byMonth = new Map<string, DayFile[]>();
  for (const file of wanted) {
    const { key } = monthOf(file.name.day.startMs);
    byMonth.set(key, [...(byMonth.get(key) ?? []), file]);
  }
  const days: TradesDay[] = [];
  const months: TradesImport['months'][number][] = [];
  for (const [month, ofMonth] of byMonth) {
    const { path, written, isThere } = await importMonth(request, month, ofMonth, (day) => {
      days.push(day);
      request.onDay?.(day);
    });
    if (isThere) months.push({ month, path, status: written ? 'written' : 'unchanged' });
  }
  return { symbol: files[0]?.name.symbol ?? '', days, months };
}

async function importMonth(
  request: TradesImportRequest,
  month: string,
  files: readonly DayFile[],
  onDay: (day: TradesDay) => void,
): Promise<{ path: string; written: boolean; isThere: boolean }> {
  const { symbol, exchange } = files[0]!.name;
  const market = marketOfExchange(exchange);
  const path = monthPath(request.dataDir, market, symbol, month);
  const facts = await findLayerFacts(path);
  assertThresholds(path, facts, request.thresholds);
  const milled: Part[] = [];
  for (const file of files) {
    const { day } = file.name;
    const told = { day: day.key, file: file.file, account: null, error: null };
    const there = facts?.sources.find(({ period }) => period === day.key || period === month);
    if (there && there.key !== keyOf(file)) {
      onDay({ ...told, status: 'skipped', reason: `the layer has ${there.period} from ${there.key}` });
      continue;
    }
    try {
      const next = request.files.find(({ name }) => name.day.startMs === day.endMs);
      const stragglers = next ? await stragglersOf(next, day) : null;
      const memberName = memberNameOf(file, stragglers ? next! : null);
      const reason = await whyMill(there, file, memberName);
      if (reason === null) {
        onDay({ ...told, status: 'unchanged', reason, account: there!.account });
        continue;
      }
      const part = await mill(request, file, memberName, stragglers ?? []);
      milled.push(part);
      onDay({ ...told, status: 'milled', reason, account: part.source.account });
    } catch (error) {
      if (!TapemillError.is(error) || error.code === 'E_DISK_FULL') throw error;
      onDay({ ...told, status: 'failed', reason: null, error });
    }
  }
  if (milled.length === 0) return { path, written: false, isThere: facts !== null };
  const fresh = new Set(milled.map(({ period }) => period.key));
  const kept = facts ? await keptParts(path, fresh) : [];
  const parts = [...kept, ...milled];
  const layerFacts: LayerFacts = {
    schemaVersion: LAYER_SCHEMA_VERSION,
    tapemillVersion: request.tapemillVersion,
    market,
    symbol,
    period: month,
    thresholds: request.thresholds,
    contractSizeUsd: market === 'cm' ? contractSizeUsd(symbol) : null,
    sources: parts.map(({ source }) => source).sort((a, b) => (a.period < b.period ? -1 : 1)),
    missingPeriods: (facts?.missingPeriods ?? []).filter(({ period }) => !fresh.has(period)),
    comparison: facts?.comparison ?? null,
    createdAtUtc: null,
  };
  await writeMonth(path, assembleDays(parts), layerFacts, request.publish);
  return { path, written: true, isThere: true };
}

const keyOf = ({ file }: DayFile): string => `tardis/${file}`;

function memberNameOf({ key }: DayFile, next: DayFile | null): string {
  return next ? `${key}.csv + ${next.key}.csv` : `${key}.csv`;
}

/** Null when the next day's file cannot be used: it will be said of that file. */
async function stragglersOf(next: DayFile, day: Period): Promise<string[] | null> {
  try {
    if (isGzipName(next.path)) await verifyGzip(next.path);
    return await readStragglers(next.path, day);
  } catch (error) {
    if (TapemillError.is(error)) return null;
    throw error;
  }
}

async function whyMill(
  there: SourceFacts | undefined,
  file: DayFile,
  memberName: string,
): Promise<string | null> {
  if (!there) return `${file.name.day.key} is new`;
  const { sha256 } = await hashFile(file.path);
  if (there.sha256 !== sha256) {
    return `${file.file} was replaced: sha256 ${there.sha256.slice(0, 12)}… now ${sha256.slice(0, 12)}…`;
  }
  // Never the other way: rows of the next day's file stay when that is not at hand any more.
  return there.memberName === memberName || there.memberName.startsWith(memberName)
    ? null
    : `the next day's file has come: ${memberName}`;
}

async function mill(
  { thresholds }: TradesImportRequest,
  file: DayFile,
  memberName: string,
  stragglers: readonly string[],
): Promise<Part> {
  const { name, path } = file;
  let read: ReadFile | undefined;
  const { bars, account } = await aggregateAggTrades(
    () => aggTradesBytes(path, name, stragglers, (found) => (read = found)),
    {
      market: marketOfExchange(name.exchange),
      symbol: name.symbol,
      period: name.day,
      thresholds,
      object: path,
    },
  );
  const { bytes, sha256, contentBytes, contentCrc32 } = read!;
  return {
    period: name.day,
    bars,
    source: {
      key: keyOf(file),
      period: name.day.key,
      bytes,
      sha256,
      checksum: 'missing',
      memberName,
      memberBytes: contentBytes,
      crc32: contentCrc32,
      account,
    },
  };
}

async function keptParts(path: string, fresh: ReadonlySet<string>): Promise<Part[]> {
  const { bars, facts } = await readMonth(path);
  const sources = facts.sources.filter(({ period }) => !fresh.has(period));
  return sliceDays(
    bars,
    sources.map(({ period }) => parsePeriod(period)),
  ).map((part, index) => ({ ...part, source: sources[index]! }));
}

function assertThresholds(path: string, facts: LayerFacts | null, now: Thresholds): void {
  const before = facts?.thresholds;
  if (!before || (before.whaleUsd === now.whaleUsd && before.retailUsd === now.retailUsd)) return;
  const [expected, found] = [before, now].map(({ whaleUsd, retailUsd }) => `${whaleUsd} and ${retailUsd}`);
  throw new TapemillError(
    'E_USAGE',
    `${path} was made with whale and retail thresholds ${expected!}, now they are ${found!}`,
    { path, expected: expected!, found: found! },
  );
}
