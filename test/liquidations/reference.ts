/**
 * The liquidation factors, slowly: plain loops over arrays, written from the specification and from nothing else.
 * Nothing of src/ is used.
 */

export interface Event {
  /** µs */
  readonly ts: number;
  readonly side: 'long' | 'short';
  readonly price: number;
  readonly qty: number;
  readonly value: number;
}

export interface Span {
  readonly startUs: number;
  readonly endUs: number;
  readonly lowerBound: boolean;
}

/** A number, null, or undefined: what it is hangs on the last bit of a rounded number. */
export type Cell = number | null | undefined;

/** A column, and for each row what is to be taken for 1 when two computations of it are compared. */
export interface Column {
  readonly cells: Cell[];
  readonly sizes: number[];
}

export type Table = Map<string, Column>;

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

export interface Bar {
  readonly startUs: number;
  readonly covered: boolean;
  readonly lowerBound: boolean;
  readonly events: Event[];
}

/** Every bar that an event or a span touches, and those between. */
export function barsOf(unsorted: readonly Event[], spans: readonly Span[], minutes: number): Bar[] {
  const length = minutes * MINUTE;
  const events = [...unsorted].sort((a, b) => a.ts - b.ts);
  const touched = [
    ...events.map((event) => event.ts),
    ...spans.filter((span) => span.endUs > span.startUs).flatMap((span) => [span.startUs, span.endUs - 1]),
  ].map((ts) => Math.floor(ts / length));
  if (touched.length === 0) return [];
  const bars: Bar[] = [];
  for (let number = Math.min(...touched); number <= Math.max(...touched); number++) {
    const startUs = number * length;
    const endUs = startUs + length;
    // Minute by minute, and where a span begins or ends inside the bar, piece by piece.
    const edges = [startUs, endUs, ...spans.flatMap((span) => [span.startUs, span.endUs])]
      .filter((edge) => edge >= startUs && edge <= endUs)
      .sort((a, b) => a - b);
    let covered = true;
    let lowerBound = false;
    for (let i = 0; i + 1 < edges.length; i++) {
      const middle = (edges[i]! + edges[i + 1]!) / 2;
      if (edges[i] === edges[i + 1]) continue;
      const over = spans.filter((span) => span.startUs <= middle && middle < span.endUs);
      if (over.length === 0) covered = false;
      else if (over.every((span) => span.lowerBound)) lowerBound = true;
    }
    const inside = events.filter((event) => event.ts >= startUs && event.ts < endUs);
    bars.push({ startUs, covered, lowerBound, events: inside });
  }
  return bars;
}

/** The bars that a table has when nothing is said of what is covered. */
export function spanOfEvents(events: readonly Event[], minutes: number): Span[] {
  if (events.length === 0) return [];
  const length = minutes * MINUTE;
  const numbers = events.map((event) => Math.floor(event.ts / length));
  const startUs = Math.min(...numbers) * length;
  return [{ startUs, endUs: (Math.max(...numbers) + 1) * length, lowerBound: false }];
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of [...values].sort((a, b) => a - b)) total += value;
  return total;
}

function column(cells: Cell[], size: number | number[] = 0): Column {
  return { cells, sizes: typeof size === 'number' ? cells.map(() => size) : size };
}

function over(a: Cell, b: Cell): Cell {
  if (a === undefined || b === undefined) return undefined;
  if (a === null || b === null || b === 0) return null;
  return a / b;
}

function minus(a: Cell, b: Cell): Cell {
  if (a === undefined || b === undefined) return undefined;
  return a === null || b === null ? null : a - b;
}

/** [skewness, excess kurtosis] as in textbooks: sums of powers of distances from the mean. */
function shape(unsorted: readonly number[], fewest: number): [number | null, number | null] {
  const values = [...unsorted].sort((a, b) => a - b);
  const n = values.length;
  if (n < fewest || values.every((value) => value === values[0])) return [null, null];
  const mean = values[0]! + sum(values.map((value) => value - values[0]!)) / n;
  const power = (k: number): number => sum(values.map((value) => (value - mean) ** k));
  const sd = Math.sqrt(power(2) / (n - 1));
  const skew = (n / ((n - 1) * (n - 2))) * (power(3) / sd ** 3);
  const kurt =
    ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * (power(4) / sd ** 4) -
    (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
  return [skew, kurt];
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  // 100 × 0.29 is 29, whatever a double makes of it.
  const at = Math.abs(position - Math.round(position)) < 1e-9 ? Math.round(position) : position;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/** Numbers of a window that are there and not null; undefined when one of them is not decided. */
function known(cells: readonly Cell[], from: number, to: number): number[] | undefined {
  const numbers: number[] = [];
  for (let row = Math.max(0, from); row < to; row++) {
    const cell = cells[row];
    if (cell === undefined) return undefined;
    if (cell !== null) numbers.push(cell);
  }
  return numbers;
}

/** The `w` rows before each row; the row itself excluded. */
export function z(cells: readonly Cell[], w: number): Cell[] {
  return cells.map((x, row) => {
    const window = known(cells, row - w, row);
    if (x === undefined || window === undefined) return undefined;
    if (x === null || window.length < w / 2 || window.length < 2) return null;
    if (window.every((value) => value === window[0])) return null;
    const n = window.length;
    const mean = sum(window) / n;
    const sd = Math.sqrt(sum(window.map((value) => (value - mean) ** 2)) / (n - 1));
    if (sd < 1e-9 * Math.max(...window.map(Math.abs))) return undefined;
    return (x - mean) / sd;
  });
}

/** The `w` rows ending with each row. */
export function rank(cells: readonly Cell[], w: number): Cell[] {
  return cells.map((x, row) => {
    const window = known(cells, row - w + 1, row + 1);
    if (x === undefined || window === undefined) return undefined;
    if (x === null || window.length < w / 2) return null;
    const ranks: number[] = [];
    [...window]
      .sort((a, b) => a - b)
      .forEach((value, index) => {
        if (value === x) ranks.push(index + 1);
      });
    return sum(ranks) / ranks.length / window.length;
  });
}

/** c / quantile of the `w` rows before. @param noise below this a quantile may as well be 0 */
export function breakout(cells: readonly Cell[], w: number, q: number, noise: number): Cell[] {
  return cells.map((x, row) => {
    const window = known(cells, row - w, row);
    if (x === undefined || window === undefined) return undefined;
    if (x === null || window.length === 0) return null;
    const level = quantile(window, q);
    if (level !== 0 && level < noise) return undefined;
    return level === 0 ? null : x / level;
  });
}

export interface Traded {
  readonly minute: readonly number[];
  readonly price_close: readonly number[];
  readonly quote_volume: readonly number[];
}

/** Sections 1 to 5. */
export function referenceFactors(
  bars: readonly Bar[],
  minutes: number,
  traded: Traded | null,
  zWindows: readonly number[],
  rankWindows: readonly number[],
): Table {
  const table: Table = new Map();
  const put = (name: string, cells: Cell[], size: number | number[] = 0): void => {
    table.set(name, column(cells, size));
  };
  /** One cell a bar; null where the bar is not wholly covered. */
  const each = (cell: (bar: Bar, row: number) => Cell): Cell[] =>
    bars.map((bar, row) => (bar.covered ? cell(bar, row) : null));
  const tradedIn = (bar: Bar, name: 'price_close' | 'quote_volume'): Cell => {
    const at = traded?.minute.indexOf(bar.startUs / 1000) ?? -1;
    return at === -1 ? null : traded![name][at]!;
  };

  put(
    'liquidation_covered',
    bars.map((bar) => Number(bar.covered)),
  );
  put(
    'liquidation_lower_bound',
    each((bar) => Number(bar.lowerBound)),
  );
  const sums: Record<string, Cell[]> = {};
  for (const side of ['long', 'short', 'all'] as const) {
    const of = (bar: Bar): Event[] =>
      side === 'all' ? bar.events : bar.events.filter((event) => event.side === side);
    const values = (bar: Bar): number[] => of(bar).map((event) => event.value);
    const minuteSums = (bar: Bar): number[] =>
      Array.from({ length: minutes }, (_, minute) => {
        const start = bar.startUs + minute * MINUTE;
        return sum(
          of(bar)
            .filter((event) => event.ts >= start && event.ts < start + MINUTE)
            .map((event) => event.value),
        );
      });
    const name = `liquidation_${side}`;
    const volSum = each((bar) => sum(values(bar)));
    const count = each((bar) => of(bar).length);
    const largest = each((bar) => (of(bar).length === 0 ? null : Math.max(...values(bar))));
    const qtySum = each((bar) => sum(of(bar).map((event) => event.qty)));
    const prices = (choose: (prices: number[]) => number): Cell[] =>
      each((bar) => (of(bar).length === 0 ? null : choose(of(bar).map((event) => event.price))));
    const vwap = each((_, row) => over(volSum[row], qtySum[row]));
    sums[side] = volSum;
    put(`${name}_vol_sum`, volSum);
    put(`${name}_cnt`, count);
    put(`${name}_amt_max`, largest);
    put(
      `${name}_amt_mean`,
      each((_, row) => over(volSum[row], count[row])),
    );
    put(`${name}_qty_sum`, qtySum);
    put(
      `${name}_price_first`,
      prices((all) => all[0]!),
    );
    put(
      `${name}_price_high`,
      prices((all) => Math.max(...all)),
    );
    put(
      `${name}_price_low`,
      prices((all) => Math.min(...all)),
    );
    put(
      `${name}_price_last`,
      prices((all) => all.at(-1)!),
    );
    put(
      `${name}_skew`,
      each((bar) => shape(values(bar), 5)[0]),
      1,
    );
    put(
      `${name}_kurt`,
      each((bar) => shape(values(bar), 5)[1]),
      1,
    );
    put(
      `${name}_burst_kurt`,
      each((bar) => shape(minuteSums(bar), 0)[1]),
      1,
    );
    put(
      `${name}_burst_hhi`,
      each((bar, row) =>
        volSum[row] === 0 ? null : sum(minuteSums(bar).map((part) => (part / volSum[row]!) ** 2)),
      ),
    );
    put(
      `${name}_whale_index`,
      each((_, row) => over(largest[row], volSum[row])),
    );
    put(`${name}_vwap`, vwap);
    put(
      `${name}_pain_depth`,
      each((bar, row) => minus(over(tradedIn(bar, 'price_close'), vwap[row]), 1)),
      1,
    );
  }
  put(
    'liquidation_imbalance',
    each((_, row) => {
      const [long, short] = [sums['long']![row]!, sums['short']![row]!];
      return over(long - short, long + short);
    }),
    1,
  );
  put(
    'liquidation_blood_content',
    each((bar, row) => over(sums['all']![row], tradedIn(bar, 'quote_volume'))),
  );
  for (const side of ['long', 'short', 'all']) {
    for (const measure of ['vol_sum', 'cnt']) {
      const name = `liquidation_${side}_${measure}`;
      const { cells } = table.get(name)!;
      for (const w of zWindows) put(`${name}_z_${w}`, z(cells, w), 1);
      for (const w of rankWindows) put(`${name}_rank_${w}`, rank(cells, w));
    }
  }
  return table;
}

export interface EngineSettings {
  readonly bucketQuantiles: readonly number[];
  readonly bucketWindowHours: readonly number[];
  readonly miningWindows: readonly number[];
  readonly miningQuantiles: readonly number[];
}

/** For every hour with events: its number since 1970, and the values in it. */
export function valuesByHour(events: readonly Event[]): Map<number, number[]> {
  const hours = new Map<number, number[]>();
  for (const event of events) {
    const hour = Math.floor(event.ts / HOUR);
    hours.set(hour, [...(hours.get(hour) ?? []), event.value]);
  }
  return hours;
}

/** The threshold of quantile q that is in force in an hour. */
export function threshold(
  hours: Map<number, number[]>,
  hour: number,
  lookBack: number,
  q: number,
): number | null {
  const levels: number[] = [];
  for (let past = hour - lookBack; past < hour; past++) {
    const values = hours.get(past);
    if (values) levels.push(quantile(values, q));
  }
  if (levels.length === 0) return null;
  if (levels.every((level) => level === levels[0])) return levels[0]!;
  return sum(levels) / levels.length;
}

/** Section 6. */
export function referenceEngine(
  events: readonly Event[],
  bars: readonly Bar[],
  settings: EngineSettings,
): Table {
  const { bucketWindowHours, miningWindows, miningQuantiles } = settings;
  const table: Table = new Map();
  const put = (name: string, cells: Cell[], size: number | number[] = 0): void => {
    table.set(name, column(cells, size));
  };
  const each = (cell: (bar: Bar, row: number) => Cell): Cell[] =>
    bars.map((bar, row) => (bar.covered ? cell(bar, row) : null));
  const hours = valuesByHour(events);
  const smallest = Math.min(...settings.bucketQuantiles);
  const largest = Math.max(...settings.bucketQuantiles);
  const ofSide = (bar: Bar, side: string): Event[] => bar.events.filter((event) => event.side === side);
  const volumes = bars.map((bar) => sum(bar.events.map((event) => event.value)));
  const noise = 1e-9 * Math.max(0, ...volumes);

  for (const lookBack of bucketWindowHours) {
    const inForce = new Map<number, { small: number | null; large: number | null }>();
    const sizeOf = (event: Event): string => {
      const hour = Math.floor(event.ts / HOUR);
      if (!inForce.has(hour)) {
        const small = threshold(hours, hour, lookBack, smallest);
        inForce.set(hour, { small, large: threshold(hours, hour, lookBack, largest) });
      }
      const { small, large } = inForce.get(hour)!;
      if (small === null || large === null) return 'med';
      if (event.value > large) return 'large';
      return event.value <= small ? 'small' : 'med';
    };
    const lb = `lb${lookBack}`;
    for (const side of ['long', 'short']) {
      for (const size of ['small', 'med', 'large']) {
        const of = (bar: Bar): Event[] => ofSide(bar, side).filter((event) => sizeOf(event) === size);
        put(
          `sum_${side}_${size}_${lb}`,
          each((bar) => sum(of(bar).map((event) => event.value))),
        );
        put(
          `count_${side}_${size}_${lb}`,
          each((bar) => of(bar).length),
        );
      }
    }
    const at = (name: string): Cell[] => table.get(`${name}_${lb}`)!.cells;
    for (const side of ['long', 'short']) {
      put(
        `total_vol_${side}_${lb}`,
        each((bar) => sum(ofSide(bar, side).map((event) => event.value))),
      );
      put(
        `ratio_whale_${side}_${lb}`,
        each((_, row) => over(at(`sum_${side}_large`)[row], at(`total_vol_${side}`)[row])),
      );
      put(
        `ratio_retail_${side}_${lb}`,
        each((bar, row) => over(at(`count_${side}_small`)[row], ofSide(bar, side).length)),
      );
    }
    put(
      `diff_net_burn_vol_${lb}`,
      each((_, row) => minus(at('total_vol_long')[row], at('total_vol_short')[row])),
      volumes,
    );
    put(
      `diff_net_whale_vol_${lb}`,
      each((_, row) => minus(at('sum_long_large')[row], at('sum_short_large')[row])),
      volumes,
    );
  }
  for (const side of ['long', 'short']) {
    const values = (bar: Bar): number[] => ofSide(bar, side).map((event) => event.value);
    put(
      `skew_${side}`,
      each((bar) => shape(values(bar), 5)[0]),
      1,
    );
    put(
      `kurt_${side}`,
      each((bar) => shape(values(bar), 5)[1]),
      1,
    );
  }
  const skew = (side: string): Cell[] => table.get(`skew_${side}`)!.cells;
  put(
    'diff_skew',
    each((_, row) => minus(skew('long')[row], skew('short')[row])),
    1,
  );

  for (const [name, { cells }] of [...table]) {
    const [kind] = name.split('_') as [string];
    if (!['sum', 'count', 'diff', 'skew'].includes(kind)) continue;
    for (const w of miningWindows) {
      put(`feat_z_${name}_w${w}`, z(cells, w), 1);
      for (const q of miningQuantiles) {
        const suffix = `${name}_w${w}_q${Math.round(q * 1e6) / 1e4}`;
        if (kind === 'sum' || kind === 'count') put(`feat_brk_${suffix}`, breakout(cells, w, q, 0));
        if (kind !== 'diff') continue;
        const absolute = cells.map((cell) => (typeof cell === 'number' ? Math.abs(cell) : cell));
        put(`feat_brkabs_${suffix}`, breakout(absolute, w, q, name === 'diff_skew' ? 1e-9 : noise), 1);
      }
    }
  }
  return table;
}
