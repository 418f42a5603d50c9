import { TapemillError } from '../errors.js';
import { listFactors } from '../factors/index.js';
import { listMonths, type MonthFile } from '../layer/index.js';
import { type SeriesColumn, SERIES_FREQUENCIES, listSeriesColumns, readSeries } from '../series/index.js';
import type { Frequency } from '../time/index.js';
import type { ColumnInfo, SeriesAnswer } from './api.js';
import { type Chunk, ChunkCache } from './chunk-cache.js';
import { fileStamp, symbolStamp } from './file-memory.js';
import type { WantedSeries } from './series-request.js';

const DAY: Frequency = SERIES_FREQUENCIES.at(-1)!;

/** Columns for the page: read month by month, rolled up once, and kept as long as the files stay the same. */
export class SeriesRoom {
  readonly #cache: ChunkCache;
  readonly #columns: readonly SeriesColumn[] = listSeriesColumns();
  /** Columns of the minute layer: those of a month are made of one file, whatever is asked for around it. */
  readonly #ofLayer: ReadonlySet<string> = new Set([
    ...['open', 'high', 'low', 'close', 'volume'],
    ...listFactors().map(({ name }) => name),
  ]);
  readonly #flows: ReadonlySet<string> = new Set(
    this.#columns.filter(({ name, isFlow }) => isFlow && this.#ofLayer.has(name)).map(({ name }) => name),
  );

  constructor(
    private readonly dataDir: string,
    cacheBytes: number,
  ) {
    this.#cache = new ChunkCache(cacheBytes);
  }

  get columns(): ColumnInfo[] {
    return this.#columns.map(({ isFlow, ...column }) => ({ ...column, kind: isFlow ? 'flow' : 'level' }));
  }

  /** @throws `E_NO_LAYER` when there is nothing of the symbol at all, `E_LAYER`, `E_IO`, and the signal's reason */
  async answer(wanted: WantedSeries, signal: AbortSignal): Promise<SeriesAnswer> {
    const { market, symbol, frequency, columns } = wanted;
    const months = await listMonths(this.dataDir, market, symbol);
    const chunks = await this.#chunks(wanted, months, signal);
    const grid = onGrid(wanted, chunks);
    if (months.length === 0 && columns.every((name) => Object.hasOwn(grid.missing, name))) {
      throw new TapemillError('E_NO_LAYER', `there is nothing of ${symbol} (${market}) in the minute layer`, {
        found: symbol,
      });
    }
    return {
      ...{ market, symbol, freq: frequency.label, freqMs: frequency.lengthMs },
      t: grid.minute.map((ms) => ms / 1000),
      columns: grid.columns,
      ...(wanted.cumulative && {
        cumulativeAtStart: await this.#sumsBefore(
          wanted,
          months,
          grid.minute[0] ?? wanted.span.startMs,
          signal,
        ),
      }),
      missing: grid.missing,
    };
  }

  async #chunks(wanted: WantedSeries, months: readonly MonthFile[], signal: AbortSignal): Promise<Chunk[]> {
    const { span, columns } = wanted;
    const chunks: Chunk[] = [];
    if (columns.some((name) => this.#ofLayer.has(name))) {
      for (const file of months) {
        if (file.month.endMs <= span.startMs || file.month.startMs >= span.endMs) continue;
        signal.throwIfAborted();
        const chunk = await this.#month(wanted, file, wanted.frequency);
        if (chunk) chunks.push(chunk);
      }
    }
    const others = columns.filter((name) => !this.#ofLayer.has(name)).sort();
    if (others.length > 0) {
      signal.throwIfAborted();
      chunks.push(await this.#others(wanted, others));
    }
    return chunks;
  }

  /** Null when the file has gone meanwhile. */
  async #month(
    { market, symbol }: WantedSeries,
    { month, path }: MonthFile,
    frequency: Frequency,
  ): Promise<Chunk | null> {
    const stamp = await fileStamp(path);
    if (stamp === null) return null;
    return this.#cache.get(`${path} ${frequency.label}`, stamp, () =>
      readSeries({
        ...{ dataDir: this.dataDir, market, symbol, frequency },
        span: month,
        columns: [...this.#ofLayer],
      }),
    );
  }

  /** Joined as-of from files of many kinds, some looking back: read for the whole span at once. */
  async #others(
    { market, symbol, frequency, span }: WantedSeries,
    columns: readonly string[],
  ): Promise<Chunk> {
    const key = [market, symbol, frequency.label, span.startMs, span.endMs, ...columns].join(' ');
    return this.#cache.get(key, await symbolStamp(this.dataDir, symbol), () =>
      readSeries({ ...{ dataDir: this.dataDir, market, symbol, frequency }, span, columns }),
    );
  }

  /** Of each flow of the layer that was asked for, the sum of all that lies before `startMs`, the start of a bar. */
  async #sumsBefore(
    wanted: WantedSeries,
    months: readonly MonthFile[],
    startMs: number,
    signal: AbortSignal,
  ): Promise<Record<string, number>> {
    const sums = Object.fromEntries(
      wanted.columns.filter((name) => this.#flows.has(name)).map((name) => [name, 0]),
    );
    for (const file of months) {
      if (file.month.startMs >= startMs) break;
      signal.throwIfAborted();
      const isWhole = file.month.endMs <= startMs;
      const chunk = await this.#month(wanted, file, isWhole ? DAY : wanted.frequency);
      if (!chunk) continue;
      for (const name of Object.keys(sums)) {
        const column = chunk.columns[name]!;
        for (let row = 0; row < column.length && chunk.minute[row]! < startMs; row++) {
          const value = column[row]!;
          if (!Number.isNaN(value)) sums[name]! += value;
        }
      }
    }
    return sums;
  }
}

interface Grid {
  readonly minute: number[];
  readonly columns: Record<string, (number | null)[]>;
  readonly missing: Record<string, string>;
}

/** Puts the chunks on the complete grid from the first to the last bar of the span in which any column has a value. */
function onGrid(
  { span, frequency: { lengthMs }, columns: names, symbol }: WantedSeries,
  chunks: readonly Chunk[],
): Grid {
  const bars = (span.endMs - span.startMs) / lengthMs;
  const whole = Object.fromEntries(names.map((name) => [name, new Array<number | null>(bars).fill(null)]));
  const missing = new Map<string, string>();
  let [first, last] = [bars, -1];
  for (const name of names) {
    const values = whole[name]!;
    let hasValue = false;
    for (const { minute, columns } of chunks) {
      const column = own(columns, name);
      if (!column || minute.length === 0) continue;
      const offset = (minute[0]! - span.startMs) / lengthMs;
      for (let row = Math.max(0, -offset); row < column.length && offset + row < bars; row++) {
        const value = column[row]!;
        if (Number.isNaN(value)) continue;
        values[offset + row] = value;
        hasValue = true;
        first = Math.min(first, offset + row);
        last = Math.max(last, offset + row);
      }
    }
    if (!hasValue) missing.set(name, whyMissing(name, symbol, chunks));
  }
  const length = Math.max(0, last - first + 1);
  return {
    minute: Array.from({ length }, (_, bar) => span.startMs + (first + bar) * lengthMs),
    columns: Object.fromEntries(names.map((name) => [name, whole[name]!.slice(first, first + length)])),
    missing: Object.fromEntries(missing),
  };
}

/** Names come from outside: `constructor` is no column. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function whyMissing(name: string, symbol: string, chunks: readonly Chunk[]): string {
  const said = chunks.flatMap(({ missing }) => own(missing, name) ?? []);
  if (said.length > 0) return said[0]!;
  const isKnown = chunks.some(({ columns, minute }) => Object.hasOwn(columns, name) && minute.length > 0);
  return isKnown
    ? `${name} is null all over the range`
    : `the minute layer has no trade of ${symbol} in the range`;
}
