import type { DataType, ObjectName } from '../market/index.js';
import type { Period } from '../time/index.js';
import type { CsvLayout } from './csv-layout.js';
import type { FundingRow } from './funding.js';
import type { Kline } from './kline-accumulator.js';
import type { KlineLayout } from './kline-csv.js';
import type { Life } from './life.js';
import type { MetricsRow } from './metrics.js';
import type { Container, Publication } from './object-writer.js';
import type { Random } from './random.js';
import type { TickRow } from './tick-batch.js';

/**
 * What the period of a planted defect means, and which objects it touches:
 *
 * - `rows`: a day. Its rows change in the daily object and in the monthly one that holds the day. Given as a month,
 *   a day in its middle is taken and only the monthly object changes.
 * - `object`: a month or a day, and exactly the object of that period.
 * - `month`: a month, and its monthly object. `day`: a day, and its daily object.
 * - `life`: a day around which the symbol's life changes; all objects follow.
 */
export type DefectTarget = 'rows' | 'object' | 'month' | 'day' | 'life';

/** How much was changed, in numbers that a test can expect. */
export type Changed = Readonly<Record<string, number>>;

/** The object itself is changed, not so many of its rows. */
export const WHOLE_OBJECT: Changed = { objects: 1 };

/** Where an edit happens. `random` is seeded by defect, symbol and period: the same for both cadences. */
export interface EditPlace {
  readonly object: ObjectName;
  readonly day: Period;
  readonly random: Random;
  /** Rows of the whole object before any edit; of the day for edits before publication. */
  readonly objectRows: number;
  /** The first rows of the following day, at most so many. */
  readonly nextDayRows: (count: number) => TickRow[];
  /** One row as the object writes it. */
  readonly line: (row: TickRow) => string;
}

export interface Edited<T> {
  readonly rows: readonly T[];
  readonly changed: Changed;
}

/** For objects that are not edited row by row. */
export interface ObjectPlace {
  readonly object: ObjectName;
  readonly random: Random;
}

/** One kind of defect: its entry in the list and what it does, by any of the hooks. */
export interface DefectKind {
  readonly kind: string;
  /** `G-13`, several separated by commas, or empty. */
  readonly fact: string;
  readonly dataType: DataType;
  readonly target: DefectTarget;
  readonly description: string;

  readonly life?: (life: Life, day: Period) => Life;
  /** Changes what truly happened: both the klines and the published rows see it. */
  readonly editTruth?: (rows: readonly TickRow[], place: EditPlace) => readonly TickRow[];
  /** Changes what the klines are made of, but not the published rows. */
  readonly editKlineFeed?: (rows: readonly TickRow[], place: EditPlace) => readonly TickRow[];
  /** Changes the published rows of the day in one object. */
  readonly editRows?: (rows: readonly TickRow[], place: EditPlace) => Edited<TickRow>;
  /** The object holds the rows of these days instead of its own; several lists are interleaved. */
  readonly compose?: (days: readonly Period[], period: Period) => readonly (readonly Period[])[];
  readonly layout?: (layout: CsvLayout) => CsvLayout;
  readonly container?: (container: Container, place: ObjectPlace) => Container;
  readonly publish?: (publication: Publication, place: ObjectPlace) => Publication;
  readonly editKlines?: (klines: readonly Kline[], place: ObjectPlace) => Edited<Kline>;
  readonly klineLayout?: (layout: KlineLayout) => KlineLayout;
  readonly editMetrics?: (
    rows: readonly MetricsRow[],
    place: ObjectPlace & { nextDay: () => MetricsRow[] },
  ) => Edited<MetricsRow>;
  readonly editFunding?: (
    rows: readonly FundingRow[],
    place: ObjectPlace & { life: Life },
  ) => Edited<FundingRow>;
}
