import { type FactorTable, makeTable } from '../factors/index.js';
import type { Frequency } from '../time/index.js';
import { type BarMinutes, type KeptMinutes, barsOfGrid, keptMinutes } from './bar-minutes.js';
import { LIQUIDITY, type LiquidityColumn, liquidityOf } from './families/liquidity.js';
import { MOMENTUM, type MomentumColumn, momentumOf } from './families/momentum.js';
import { PRICE, type PriceColumn, priceOf } from './families/price.js';
import { PRICE_VOLUME, type PriceVolumeColumn, priceVolumeOf } from './families/price-volume.js';
import { SHAPE, type ShapeColumn, shapeColumnsOf } from './families/shape.js';
import { type BarVolatilityColumn, VOLATILITY, volatilityOf } from './families/volatility.js';
import {
  VOLUME_BY_RETURN,
  type VolumeByReturnColumn,
  volumeByReturnOf,
} from './families/volume-by-return.js';
import type { MinuteGrid } from './minute-grid.js';

export type MinuteFamilyColumn =
  | PriceColumn
  | MomentumColumn
  | BarVolatilityColumn
  | ShapeColumn
  | LiquidityColumn
  | PriceVolumeColumn
  | VolumeByReturnColumn;

type Values = Readonly<Record<string, number>>;

/** Each family with the names of its columns, which look at nothing but the bar. */
const FAMILIES: readonly (readonly [object, (bar: BarMinutes, kept: KeptMinutes) => Values])[] = [
  [PRICE, priceOf],
  [MOMENTUM, momentumOf],
  [VOLATILITY, volatilityOf],
  [SHAPE, (_, kept) => shapeColumnsOf(kept)],
  [LIQUIDITY, liquidityOf],
  [PRICE_VOLUME, (_, kept) => priceVolumeOf(kept)],
  [VOLUME_BY_RETURN, (_, kept) => volumeByReturnOf(kept)],
];

function columnsOf(definitions: object): string[] {
  // Looks at other rows; see `rvStability`.
  return Object.keys(definitions).filter((name) => name !== 'rv_stability_24h');
}

/** Every column that is made of the minutes of its bar. */
export const MINUTE_FAMILY_COLUMNS = FAMILIES.flatMap(([definitions]) =>
  columnsOf(definitions),
) as readonly MinuteFamilyColumn[];

/**
 * The columns that are made of minutes, month by month: the minutes of one month are in memory, and of earlier ones only
 * the columns of their bars.
 */
export class MinuteColumns {
  private readonly parts: FactorTable<MinuteFamilyColumn>[] = [];
  private lastStart = -Infinity;

  constructor(private readonly frequency: Frequency) {}

  /**
   * The minutes that follow, in chunks of whole UTC days: what began in an earlier chunk is not seen.
   * @throws RangeError when they do not follow, or begin in the bar that the chunk before ended in
   */
  add(grid: MinuteGrid): void {
    const part = minuteColumns(grid, this.frequency);
    if (part.length === 0) return;
    const first = part.minute[0]!;
    if (first <= this.lastStart) throw new RangeError(`minutes of ${first} do not follow ${this.lastStart}`);
    this.lastStart = part.minute[part.length - 1]!;
    this.parts.push(part);
  }

  finish(): FactorTable<MinuteFamilyColumn> {
    const join = (pick: (part: FactorTable<MinuteFamilyColumn>) => Float64Array): Float64Array => {
      const whole = new Float64Array(this.parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of this.parts) {
        whole.set(pick(part), at);
        at += part.length;
      }
      return whole;
    };
    const columns = MINUTE_FAMILY_COLUMNS.map((name) => [name, join((part) => part.columns[name])]);
    return makeTable(
      join((part) => part.minute),
      MINUTE_FAMILY_COLUMNS,
      Object.fromEntries(columns) as Record<MinuteFamilyColumn, Float64Array>,
    );
  }
}

/** The same of minutes that are all there: one row for every bar that has a minute. */
export function minuteColumns(grid: MinuteGrid, frequency: Frequency): FactorTable<MinuteFamilyColumn> {
  const length = countBars(grid, frequency);
  const minute = new Float64Array(length);
  const columns: Record<string, Float64Array> = {};
  // Column by column, not as a row that holds all families: an object of so many names is slow to make.
  const families = FAMILIES.map(([definitions, compute]) => {
    const targets = columnsOf(definitions).map(
      (name) => [name, (columns[name] = new Float64Array(length))] as const,
    );
    return { targets, compute };
  });
  let row = 0;
  for (const bar of barsOfGrid(grid, frequency)) {
    const kept = keptMinutes(bar);
    minute[row] = bar.startMs;
    for (const { targets, compute } of families) {
      const values = compute(bar, kept);
      for (const [name, target] of targets) target[row] = values[name]!;
    }
    row++;
  }
  return makeTable(minute, MINUTE_FAMILY_COLUMNS, columns as Record<MinuteFamilyColumn, Float64Array>);
}

function countBars({ minute }: MinuteGrid, { lengthMs }: Frequency): number {
  let bars = 0;
  let last = NaN;
  for (let i = 0; i < minute.length; i++) {
    const bar = Math.floor(minute[i]! / lengthMs);
    if (bar !== last) bars++;
    last = bar;
  }
  return bars;
}
