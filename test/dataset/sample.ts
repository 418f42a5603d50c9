import {
  type AsOfSource,
  type MinuteGrid,
  type Rows,
  type SymbolInputs,
  METRICS_COLUMNS,
  cutGrid,
  cutSource,
  makeRows,
  minuteColumns,
  sliceGrid,
} from '../../src/dataset/index.js';
import { type FactorTable } from '../../src/factors/index.js';
import { type Frequency, HOUR, HOUR_MS, MINUTE_MS, parseFrequency } from '../../src/time/index.js';
import { seeded } from '../layer/sample.js';

/** Midnight. */
export const T0 = Date.parse('2026-01-05T00:00:00Z');

export const hour = (n: number): number => T0 + n * HOUR_MS;
export const column = (...values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? NaN);

/** Rows of an hour, by their number from T0. */
export function hours(...numbers: readonly number[]): Rows {
  return makeRows(HOUR, Float64Array.from(numbers, hour));
}

/** A grid of `[open, high, low, close, volume]`, minute by minute from `startMs`; null is a minute that is missing. */
export function gridOf(startMs: number, bars: readonly (readonly number[] | null)[]): MinuteGrid {
  const rows = bars.flatMap((bar, i) => (bar ? [[startMs + i * MINUTE_MS, ...bar]] : []));
  const of = (index: number): Float64Array => Float64Array.from(rows, (row) => row[index]!);
  return {
    length: rows.length,
    minute: of(0),
    open: of(1),
    high: of(2),
    low: of(3),
    close: of(4),
    volume: of(5),
    quoteVolume: Float64Array.from(rows, (row) => row[4]! * row[5]!),
  };
}

/** A walk with quiet minutes, jumps and holes. */
export function randomGrid(seed: number, minutes: number, startMs = T0, holes = true): MinuteGrid {
  const random = seeded(seed);
  let close = 50 + random() * 100;
  let hole = 0;
  const bars = Array.from({ length: minutes }, () => {
    if (holes && random() < 0.002) hole = Math.floor(random() * 200);
    if (hole-- > 0) return null;
    if (random() < 0.3) return [close, close, close, close, 0];
    const open = close * (1 + (random() - 0.5) * 0.002);
    const jump = random() < 0.003 ? 1 + (random() - 0.5) * 2 : 1;
    close = Math.max(1, open * (1 + (random() - 0.5) * 0.004) * jump);
    const high = Math.max(open, close) * (1 + random() * 0.001 * (random() < 0.02 ? 300 : 1));
    const low = Math.min(open, close) * (1 - random() * 0.001);
    const volume = random() < 0.005 ? random() * 10_000 : random() * 100;
    return [open, high, low, close, volume];
  });
  return gridOf(startMs, bars);
}

/** Rows every `stepMs` or so; a tenth of the cells is blank. */
export function randomSource<Name extends string>(
  seed: number,
  names: readonly Name[],
  startMs: number,
  endMs: number,
  stepMs: number,
): AsOfSource<Name> {
  const random = seeded(seed);
  const availableAt: number[] = [];
  for (let t = startMs; t < endMs; t += stepMs * (random() < 0.1 ? 20 * random() : 1)) availableAt.push(t);
  const cells = names.map((name) => [
    name,
    Float64Array.from(availableAt, () => (random() < 0.1 ? NaN : 1 + random())),
  ]);
  return {
    availableAt: Float64Array.from(availableAt),
    columns: Object.fromEntries(cells) as Record<Name, Float64Array>,
  };
}

export interface RawInputs extends Omit<SymbolInputs, 'minutes'> {
  readonly grid: MinuteGrid;
}

export function randomInputs(seed: number, minutes: number, frequency: Frequency = HOUR): RawInputs {
  const grid = randomGrid(seed, minutes);
  const [from, to] = [T0 - HOUR_MS, T0 + minutes * MINUTE_MS];
  const price = (offset: number): AsOfSource<'close'> =>
    randomSource(seed + offset, ['close'], from, to, MINUTE_MS);
  const funding = randomSource(
    seed + 4,
    ['last_funding_rate', 'funding_interval_hours'],
    from,
    to,
    4 * HOUR_MS,
  );
  return {
    frequency,
    grid,
    mark: price(1),
    index: price(2),
    premium: price(3),
    funding: {
      ...funding,
      columns: { ...funding.columns, funding_interval_hours: funding.availableAt.map(() => 8) },
    },
    metrics: randomSource(seed + 5, METRICS_COLUMNS, from, to, 5 * MINUTE_MS),
    dumps: { openInterest: randomSource(seed + 6, ['openInterest'], from, to, 3 * MINUTE_MS) },
    ticker: randomSource(
      seed + 7,
      ['funding_rate', 'mark_price', 'index_price', 'last_price'],
      from,
      to,
      2 * MINUTE_MS,
    ),
  };
}

/** What of the inputs was known at an instant. */
export function inputsUpTo({ grid, ...sources }: RawInputs, cutMs: number): SymbolInputs {
  const cut = <Name extends string>(source: AsOfSource<Name> | null | undefined): AsOfSource<Name> | null =>
    source ? cutSource(source, cutMs) : null;
  return {
    frequency: sources.frequency,
    minutes: minuteColumns(cutGrid(grid, cutMs), sources.frequency),
    mark: cut(sources.mark),
    index: cut(sources.index),
    premium: cut(sources.premium),
    funding: cut(sources.funding),
    metrics: cut(sources.metrics),
    dumps: Object.fromEntries(
      Object.entries(sources.dumps ?? {}).map(([name, source]) => [name, cut(source)!]),
    ),
    ticker: cut(sources.ticker),
  };
}

/** The first cell, `column[row]`, in which rows of `b` differ from the same rows of `a`, to the bit; null when none does. */
export function firstDifference(a: FactorTable, b: FactorTable, rows: number): string | null {
  for (const name of a.names) {
    for (let row = 0; row < rows; row++) {
      const [x, y] = [a.columns[name]![row]!, b.columns[name]?.[row]];
      if (!Object.is(x, y)) return `${name}[${row}]: ${x} and ${y}`;
    }
  }
  return null;
}

/** The grid cut at UTC midnights. */
export function byDay(grid: MinuteGrid): MinuteGrid[] {
  const days: MinuteGrid[] = [];
  for (let from = 0; from < grid.length;) {
    const end = (Math.floor(grid.minute[from]! / 86_400_000) + 1) * 86_400_000;
    let to = from;
    while (to < grid.length && grid.minute[to]! < end) to++;
    days.push(sliceGrid(grid, from, to));
    from = to;
  }
  return days;
}

export const FREQUENCY_LABELS = ['5m', '15m', '1h', '4h', '1d'].map(parseFrequency);
