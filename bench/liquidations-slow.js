// @ts-check
/**
 * A part of the engine's columns by the plainest means: every bar, window and threshold from scratch. To check by,
 * not to time against.
 *
 * @param {import('../dist/factors/index.js').LiquidationEvents} events sorted by time
 * @param {number} minutes in a bar; at most 60
 * @param {{ bucketQuantiles: number[], bucketWindowHours: number[], miningWindows: number[], miningQuantiles: number[] }} parameters
 * @returns {Record<string, number[]>} NaN is null
 */
export function slowEngine(
  events,
  minutes,
  { bucketQuantiles, bucketWindowHours, miningWindows, miningQuantiles },
) {
  const barUs = minutes * 60e6;
  const hourUs = 3600e6;
  const rows = Array.from(events.ts, (ts, row) => ({ ts, side: events.side[row], value: events.value[row] }));
  const barOf = (/** @type {{ ts: number }} */ row) => Math.floor(row.ts / barUs);
  const bars = group(rows, barOf);
  const hours = group(rows, (row) => Math.floor(row.ts / hourUs));
  const numbers = [...bars.keys()];
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  /** @type {Record<string, number[]>} */
  const columns = {};
  const sides = ['long', 'short'];

  for (const lookBack of bucketWindowHours) {
    const threshold = (/** @type {number} */ hour, /** @type {number} */ q) => {
      const levels = [];
      for (let past = hour - lookBack; past < hour; past++) {
        const inHour = hours.get(past);
        if (inHour)
          levels.push(
            quantile(
              inHour.map((row) => row.value),
              q,
            ),
          );
      }
      return levels.length === 0 ? NaN : total(levels) / levels.length;
    };
    for (let bar = first; bar <= last; bar++) {
      const hour = Math.floor((bar * barUs) / hourUs);
      const small = threshold(hour, bucketQuantiles[0]);
      const large = threshold(hour, bucketQuantiles[bucketQuantiles.length - 1]);
      sides.forEach((side, number) => {
        const own = (bars.get(bar) ?? []).filter((row) => row.side === number).map((row) => row.value);
        const bySize = {
          large: own.filter((value) => value > large),
          small: own.filter((value) => value <= small),
          med: own.filter((value) => !(value > large) && !(value <= small)),
        };
        for (const [size, found] of Object.entries(bySize)) {
          (columns[`sum_${side}_${size}_lb${lookBack}`] ??= []).push(total(found));
          (columns[`count_${side}_${size}_lb${lookBack}`] ??= []).push(found.length);
        }
        (columns[`total_vol_${side}_lb${lookBack}`] ??= []).push(total(own));
      });
    }
  }
  for (const [name, column] of Object.entries(columns)) {
    if (name.startsWith('total')) continue;
    for (const window of miningWindows) {
      const before = column.map((_, row) => column.slice(Math.max(0, row - window), row));
      columns[`feat_z_${name}_w${window}`] = column.map((x, row) => z(x, before[row], window));
      const sorted = before.map((values) => values.sort((a, b) => a - b));
      for (const q of miningQuantiles) {
        columns[`feat_brk_${name}_w${window}_q${Math.round(q * 100)}`] = column.map((x, row) => {
          const level = sorted[row].length === 0 ? 0 : quantile(sorted[row], q);
          return level === 0 ? NaN : x / level;
        });
      }
    }
  }
  return columns;
}

/** @template T @param {T[]} items @param {(item: T) => number} key @returns {Map<number, T[]>} */
function group(items, key) {
  const groups = new Map();
  for (const item of items) {
    const found = groups.get(key(item));
    if (found) found.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** @param {number[]} values */
function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/** @param {number[]} values @param {number} q */
function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** @param {number} x @param {number[]} past @param {number} window */
function z(x, past, window) {
  if (past.length < Math.max(2, window / 2) || past.every((value) => value === past[0])) return NaN;
  const mean = total(past) / past.length;
  const squares = total(past.map((value) => (value - mean) ** 2));
  return (x - mean) / Math.sqrt(squares / (past.length - 1));
}
