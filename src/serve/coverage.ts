import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { monthsBetween, parsePeriod } from '../time/index.js';
import type { FailureStatus } from '../watch/index.js';
import type { CoverageAnswer, CoverageRow, MonthCoverage } from './api.js';
import { FileMemory, mapSome } from './file-memory.js';
import type { LedgerEye } from './ledger-eye.js';
import type { MonthSummary } from './month-summary.js';
import { type DataFolder, dataFolders, monthsIn, symbolsIn } from './series-folders.js';
import { lookAtStatus } from './status.js';

/** Footers read at once. */
const AT_ONCE = 8;
/** 700 symbols of six years, and some more. */
const MONTHS_REMEMBERED = 200_000;

/** What of each month of each symbol there is; footers are read once and remembered as long as the files stay the same. */
export class CoverageRoom {
  readonly #summaries = new Map<string, FileMemory<MonthSummary | null>>();

  constructor(
    private readonly dataDir: string,
    private readonly eye: LedgerEye,
  ) {}

  summary(folder: DataFolder, path: string): Promise<MonthSummary | null> {
    let memory = this.#summaries.get(folder.dataType);
    if (!memory) {
      memory = new FileMemory(folder.summarize, MONTHS_REMEMBERED);
      this.#summaries.set(folder.dataType, memory);
    }
    return memory.get(path);
  }

  /** @param only one symbol; null: all. @throws `E_LAYER`, `E_IO`, and the signal's reason */
  async answer(market: Market, only: string | null, signal: AbortSignal): Promise<CoverageAnswer> {
    const folders = await dataFolders(this.dataDir, market);
    const failed = this.#failedMonths(market);
    const rows: { readonly order: number; readonly row: CoverageRow }[] = [];
    for (const [order, folder] of folders.entries()) {
      const symbols = (await symbolsIn(folder)).filter((symbol) => only === null || symbol === only);
      const found = await mapSome(symbols, AT_ONCE, signal, (symbol) =>
        this.#row(folder, symbol, failed.get(`${market}/${folder.dataType}/${symbol}`) ?? [], signal),
      );
      for (const row of found) if (row) rows.push({ order, row });
    }
    rows.sort((a, b) =>
      a.row.symbol === b.row.symbol ? a.order - b.order : a.row.symbol < b.row.symbol ? -1 : 1,
    );
    const used = new Set(rows.map(({ row }) => row.dataType));
    const edges = rows.flatMap(({ row }) => [row.firstMonth, row.lastMonth]).sort();
    return {
      market,
      firstMonth: edges.at(0) ?? null,
      lastMonth: edges.at(-1) ?? null,
      dataTypes: folders.map(({ dataType }) => dataType).filter((dataType) => used.has(dataType)),
      rows: rows.map(({ row }) => row),
    };
  }

  async #row(
    folder: DataFolder,
    symbol: string,
    failed: readonly string[],
    signal: AbortSignal,
  ): Promise<CoverageRow | null> {
    const known = new Map<string, MonthCoverage>(
      failed.map((month) => [month, { month, share: 0, state: 'failed' }]),
    );
    for (const { month, path } of await monthsIn(folder, symbol)) {
      signal.throwIfAborted();
      const summary = await this.summary(folder, path).catch(ofDamaged);
      if (summary) known.set(month.key, { month: month.key, share: summary.share, state: summary.state });
    }
    const keys = [...known.keys()].sort();
    const [firstMonth, lastMonth] = [keys.at(0), keys.at(-1)];
    if (firstMonth === undefined || lastMonth === undefined) return null;
    const months = monthsBetween(parsePeriod(firstMonth).startMs, parsePeriod(lastMonth).endMs).map(
      ({ key }): MonthCoverage => known.get(key) ?? { month: key, share: 0, state: 'none' },
    );
    return { symbol, dataType: folder.dataType, firstMonth, lastMonth, months };
  }

  /** Months that a collection has given up, by group. No ledger, or one that cannot be read, says nothing of them. */
  #failedMonths(market: Market): ReadonlyMap<string, readonly string[]> {
    const months = new Map<string, string[]>();
    for (const { group, period } of failuresIn(this.eye)) {
      if (!group.startsWith(`${market}/`) || period === null || !/^\d{4}-\d{2}$/.test(period)) continue;
      months.set(group, [...(months.get(group) ?? []), period]);
    }
    return months;
  }
}

function failuresIn(eye: LedgerEye): readonly FailureStatus[] {
  try {
    return lookAtStatus(eye, null, 0, Date.now()).answer.failures;
  } catch (error) {
    if (TapemillError.is(error)) return [];
    throw error;
  }
}

/** A month whose file cannot be read is as good as none; asking for it alone says what is wrong. */
function ofDamaged(error: unknown): Pick<MonthSummary, 'share' | 'state'> {
  if (TapemillError.is(error) && error.code === 'E_LAYER') return { share: 0, state: 'failed' };
  throw error;
}
