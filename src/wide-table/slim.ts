import { open, readFile } from 'node:fs/promises';
import { asOfJoin, FUNDING_MAX_AGE_MS } from '../dataset/index.js';
import type { CrossSectionRows } from '../dataset/index.js';
import { fromSystemError } from '../errors.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { atomicWriteFile, sweepTempFiles } from '../layer/index.js';
import {
  type Footer,
  type ParquetField,
  ParquetEncoder,
  decodeFooter,
  decodeRowGroup,
  rowGroupSpan,
} from '../parquet/index.js';
import { type EpochMs, monthOf } from '../time/index.js';
import { cachePaths } from './cache-paths.js';
import { type Life, concatTables, readFunding } from './inputs/index.js';
import type { TableSpec } from './spec.js';
import { type SymbolPlan, planSymbol } from './symbol-plan.js';
import { rowsBetween } from './table-rows.js';

/** What of a symbol's rows the cross section is made of: `volume` and `funding_rate`, of all rows of all lives. */
export const SLIM_MONTH_COLUMNS = ['volume'] as const;

const FIELDS: readonly ParquetField[] = [
  { name: 'minute', type: 'timestamp_ms', nullable: false },
  { name: 'volume', type: 'double', nullable: false },
  { name: 'funding_rate', type: 'double', nullable: true },
];
const MONTHS_KEY = 'tapemill.months';

/** Plans a symbol and writes what the cross section needs of it, a row group a month. @throws as `planSymbol` does */
export async function planAndSlim(spec: TableSpec, symbol: string): Promise<SymbolPlan> {
  await sweepTempFiles(cachePaths(spec, symbol).folder);
  const parts: FactorTable[] = [];
  const plan = await planSymbol(spec, symbol, SLIM_MONTH_COLUMNS, ({ table }) => parts.push(table));
  const rows = await slimRows(spec, plan, parts);
  const encoder = new ParquetEncoder(FIELDS, [[MONTHS_KEY, JSON.stringify(monthsOf(rows.minute))]]);
  for (let from = 0; from < rows.minute.length;) {
    const { endMs } = monthOf(rows.minute[from]!);
    let to = from + 1;
    while (to < rows.minute.length && rows.minute[to]! < endMs) to++;
    encoder.appendRowGroup(
      [rows.minute, rows.volume, rows.funding_rate].map((column) => column.subarray(from, to)),
    );
    from = to;
  }
  await atomicWriteFile(cachePaths(spec, symbol).slim, encoder.finish());
  return plan;
}

/**
 * The rows that the lives have among those of the months, with the rate that each shows.
 * @param parts of consecutive months, with the column `volume`
 * @param cutMs leaves out what became known after it
 */
export async function slimRows(
  spec: TableSpec,
  plan: SymbolPlan,
  parts: readonly FactorTable[],
  cutMs?: EpochMs,
): Promise<CrossSectionRows> {
  const whole = concatTables(parts);
  const lives: FactorTable[] = [];
  for (const life of whole ? plan.lives : []) {
    const own = ofLife(whole!, life, spec.endMs);
    if (own.length > 0) lives.push(await withRate(spec, plan.symbol, own, life, cutMs));
  }
  const rows = concatTables(lives);
  const none = new Float64Array();
  return {
    minute: rows?.minute ?? none,
    volume: rows?.columns['volume'] ?? none,
    funding_rate: rows?.columns['funding_rate'] ?? none,
  };
}

function ofLife(table: FactorTable, { startMs, endMs }: Life, rangeEndMs: EpochMs): FactorTable {
  const { minute } = table;
  let from = 0;
  while (from < minute.length && minute[from]! < startMs) from++;
  let to = minute.length;
  while (to > from && minute[to - 1]! >= Math.min(endMs, rangeEndMs)) to--;
  return rowsBetween(table, from, to);
}

async function withRate(
  { dataDir, market, frequency }: TableSpec,
  symbol: string,
  { minute, columns, length }: FactorTable,
  life: Life,
  cutMs: EpochMs | undefined,
): Promise<FactorTable> {
  const ends = minute.map((start) => start + frequency.lengthMs);
  const span = { startMs: minute[0]!, endMs: ends[length - 1]! };
  const options = cutMs === undefined ? {} : { cutMs };
  const source = await readFunding(dataDir, market, symbol, span, options);
  let rate = new Float64Array(length).fill(NaN);
  if (source) {
    const isOwn = (_: number, row: number): boolean => source.availableAt[row]! > life.sinceMs;
    const own = {
      availableAt: source.availableAt.filter(isOwn),
      columns: {
        last_funding_rate: source.columns.last_funding_rate.filter(isOwn),
        funding_interval_hours: source.columns.funding_interval_hours.filter(isOwn),
      },
    };
    rate = asOfJoin(ends, own, { maxAgeMs: FUNDING_MAX_AGE_MS }).columns
      .last_funding_rate as Float64Array<ArrayBuffer>;
  }
  return makeTable(minute, ['volume', 'funding_rate'], { volume: columns['volume']!, funding_rate: rate });
}

function monthsOf(minute: Float64Array): string[] {
  const keys = new Set<string>();
  for (let row = 0; row < minute.length;) {
    const month = monthOf(minute[row]!);
    keys.add(month.key);
    while (row < minute.length && minute[row]! < month.endMs) row++;
  }
  return [...keys];
}

/** Reads what was kept of a symbol, a month at a time. */
export class SlimFile {
  private constructor(
    private readonly path: string,
    private readonly footer: Footer,
    readonly months: readonly string[],
  ) {}

  /** @throws `E_IO` */
  static async open(spec: TableSpec, symbol: string): Promise<SlimFile> {
    const path = cachePaths(spec, symbol).slim;
    const footer = decodeFooter(
      await readFile(path).catch((error: unknown) => {
        throw fromSystemError(error, 'reading', path);
      }),
    );
    const months = footer.key_value_metadata?.find(({ key }) => key === MONTHS_KEY)?.value ?? '[]';
    return new SlimFile(path, footer, JSON.parse(months) as string[]);
  }

  /** Null for a month without rows. @throws `E_IO` */
  async month(key: string): Promise<CrossSectionRows | null> {
    const group = this.footer.row_groups[this.months.indexOf(key)];
    if (!group) return null;
    const { start, end } = rowGroupSpan(group);
    try {
      const file = await open(this.path, 'r');
      try {
        const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
        const [minute, volume, rate] = decodeRowGroup(buffer, start, group, FIELDS);
        return { minute: minute!, volume: volume!, funding_rate: rate! };
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fromSystemError(error, 'reading', this.path);
    }
  }
}
