import { ExactSum } from '../bars/index.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { quotient } from './column.js';

/** What all symbols together were at each bar of a stretch of time. */
export interface CrossSection {
  /** Starts of the bars that any symbol has, ascending. */
  readonly minute: Float64Array;
  readonly universeSize: Float64Array;
  /** Symbols that have had a row up to the bar. */
  readonly symbolsSoFar: Float64Array;
  /** Null when no symbol has a rate. */
  readonly fundingMedian: Float64Array;
  readonly volumeMean: Float64Array;
}

/** What of a symbol's rows the cross section is made of. */
export interface CrossSectionRows {
  readonly minute: Float64Array;
  readonly funding_rate: Float64Array;
  readonly volume: Float64Array;
}

/** Columns that `applyCrossSection` fills. */
export const CROSS_SECTION_COLUMNS = [
  'cs_universe_size',
  'cs_coverage_frac',
  'funding_pressure',
  'relative_volume',
] as const;

interface Bar {
  readonly rates: number[];
  readonly volume: ExactSum;
  rows: number;
  newcomers: number;
}

/**
 * The second pass: stretch by stretch (a month, say), each stretch symbol by symbol. In memory are one stretch of two
 * columns of all symbols and the names of the symbols; the order of the symbols does not matter, to the bit.
 */
export class CrossSections {
  private readonly seen = new Set<string>();
  private bars = new Map<number, Bar>();
  private lastStart = -Infinity;
  private readonly added = new Set<string>();

  /**
   * The rows of a symbol in the current stretch.
   * @throws RangeError for a symbol that was added already, or rows of a stretch that is closed
   */
  add(symbol: string, { minute, funding_rate: rate, volume }: CrossSectionRows): void {
    if (this.added.has(symbol)) throw new RangeError(`${symbol} is in the cross section already`);
    this.added.add(symbol);
    for (let row = 0; row < minute.length; row++) {
      const start = minute[row]!;
      if (start <= this.lastStart) throw new RangeError(`${symbol}: ${start} is in a stretch that is closed`);
      let bar = this.bars.get(start);
      if (!bar) this.bars.set(start, (bar = { rates: [], volume: new ExactSum(), rows: 0, newcomers: 0 }));
      bar.rows++;
      bar.volume.add(volume[row]!);
      if (!Number.isNaN(rate[row]!)) bar.rates.push(rate[row]!);
      if (!this.seen.has(symbol)) {
        this.seen.add(symbol);
        bar.newcomers++;
      }
    }
  }

  /** Ends the stretch, of which all symbols have been added; the next one is of later bars. */
  close(): CrossSection {
    const bars = [...this.bars].sort(([a], [b]) => a - b);
    let soFar = this.seen.size - bars.reduce((sum, [, { newcomers }]) => sum + newcomers, 0);
    const section = {
      minute: Float64Array.from(bars, ([start]) => start),
      universeSize: Float64Array.from(bars, ([, { rows }]) => rows),
      symbolsSoFar: Float64Array.from(bars, ([, { newcomers }]) => (soFar += newcomers)),
      fundingMedian: Float64Array.from(bars, ([, { rates }]) => median(rates)),
      volumeMean: Float64Array.from(bars, ([, { volume, rows }]) => volume.value() / rows),
    };
    this.lastStart = section.minute.at(-1) ?? this.lastStart;
    this.bars = new Map();
    this.added.clear();
    return section;
  }
}

/** The middle one, or the mean of the two in the middle; NaN for none. */
function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle] ?? NaN;
  return values.length % 2 === 1 ? upper : (values[middle - 1]! + upper) / 2;
}

/**
 * A symbol's table with the columns that need all symbols. The other columns are the same arrays.
 * @throws RangeError for a row that the section does not have
 */
export function applyCrossSection(table: FactorTable, section: CrossSection): FactorTable {
  const columns: Record<string, Float64Array> = { ...table.columns };
  const rate = columns['funding_rate']!;
  const volume = columns['volume']!;
  const filled = CROSS_SECTION_COLUMNS.map(() => new Float64Array(table.length));
  const [size, coverage, pressure, relative] = filled as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let at = 0;
  for (let row = 0; row < table.length; row++) {
    const start = table.minute[row]!;
    while (at < section.minute.length && section.minute[at]! < start) at++;
    if (section.minute[at] !== start) throw new RangeError(`the cross section has no bar ${start}`);
    size[row] = section.universeSize[at]!;
    coverage[row] = section.universeSize[at]! / section.symbolsSoFar[at]!;
    pressure[row] = rate[row]! - section.fundingMedian[at]!;
    relative[row] = quotient(volume[row]!, section.volumeMean[at]!);
  }
  CROSS_SECTION_COLUMNS.forEach((name, index) => (columns[name] = filled[index]!));
  return makeTable(table.minute, table.names, columns);
}
