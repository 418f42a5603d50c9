// @ts-check
import { times } from './format.js';

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} label
 * @property {string} input
 * @property {string | null} version
 * @property {Figures | null} figures null: not installed
 *
 * @typedef {object} Figures
 * @property {number} median seconds
 * @property {number} min
 * @property {number} max
 * @property {number} rowsPerSecond
 * @property {number | null} timesInflate median of the rounds' ratios, not the ratio of the medians
 * @property {number} cpuSeconds
 * @property {number} peakRssBytes the largest of all rounds
 */

/** @typedef {Record<string, import('./measure.js').Measurement[]>} Measurements */

/**
 * @param {{ machine: ReturnType<typeof import('./machine.js').describeMachine>, data: any,
 *   wanted: readonly import('./contenders.js').Contender[], measurements: Measurements,
 *   versions: Record<string, string | null> }} run
 */
export function summarize({ machine, data, wanted, measurements, versions }) {
  /** @type {Row[]} */
  const table = wanted.map(({ id, label, input, months }) => {
    const of = measurements[id];
    const version = versions[id] ?? null;
    if (!of) return { id, label, input, version, figures: null };
    const seconds = of.map((measurement) => measurement.seconds);
    const figures = {
      ...{ median: median(seconds), min: Math.min(...seconds), max: Math.max(...seconds) },
      rowsPerSecond: (months * data.rows) / median(seconds),
      timesInflate: ratio(measurements, id, 'inflate'),
      cpuSeconds: median(of.map((measurement) => measurement.cpuSeconds)),
      peakRssBytes: Math.max(...of.map((measurement) => measurement.peakRssBytes)),
    };
    return { id, label, input, version, figures };
  });
  const { bytes } = data.months[0].member;
  return {
    machine,
    rows: data.rows,
    csvBytes: bytes,
    zipBytes: data.months[0].entry.bytes,
    runs: Math.max(...Object.values(measurements).map((of) => of.length)),
    table,
    othersShare: othersShare(Object.values(measurements).flat(), machine.cores),
    goals: goals(table, measurements),
    faster: faster(table, measurements),
  };
}

/** The figures that tapemill has set itself for a month of 10 million ticks on two cores. */
/** @param {Row[]} table @param {Measurements} measurements */
function goals(table, measurements) {
  const over = (/** @type {string} */ id) => ratio(measurements, id, 'tapemill');
  const figuresOf = (/** @type {string} */ id) => table.find((row) => row.id === id)?.figures ?? null;
  const months = figuresOf('pair')?.rowsPerSecond ?? null;
  const rss = figuresOf('tapemill')?.peakRssBytes ?? null;
  return [
    goal(
      'one month ≤ 1.15 × bare inflate',
      ratio(measurements, 'tapemill', 'inflate'),
      (x) => x <= 1.15,
      times,
    ),
    goal('≥ 2 × faster than ClickHouse', over('clickhouse'), (x) => x >= 2, times),
    goal('≥ 3 × faster than DuckDB', over('duckdb'), (x) => x >= 3, times),
    goal('≥ 3 × faster than polars', over('polars'), (x) => x >= 3, times),
    goal(
      'two months at once ≥ 9 million rows/s together',
      months,
      (x) => x >= 9e6,
      (x) => `${(x / 1e6).toFixed(2)} million`,
    ),
    goal(
      'peak RSS of one month ≤ 300 MB',
      rss,
      (x) => x <= 300e6,
      (x) => `${(x / 1e6).toFixed(0)} MB`,
    ),
  ];
}

/**
 * @param {string} text @param {number | null} value
 * @param {(x: number) => boolean} isMet @param {(x: number) => string} show
 */
function goal(text, value, isMet, show) {
  return {
    goal: text,
    value,
    found: value === null ? null : show(value),
    met: value === null ? null : isMet(value),
  };
}

/** Who takes less time than tapemill for the same minutes. @param {Row[]} table @param {Measurements} measurements */
function faster(table, measurements) {
  return table
    .filter(({ id }) => !['inflate', 'tapemill', 'pair', 'collect'].includes(id))
    .map(({ id, label }) => ({ id, label, ratio: ratio(measurements, id, 'tapemill') }))
    .filter((other) => other.ratio !== null && other.ratio < 1);
}

/** Median over the rounds of how many times as long `id` takes as `base`; neighbours in time are compared. */
/** @param {Measurements} measurements @param {string} id @param {string} base */
function ratio(measurements, id, base) {
  const [of, than] = [measurements[id], measurements[base]];
  return of && than ? median(of.map(({ seconds }, round) => seconds / than[round].seconds)) : null;
}

/** Share of the machine that other processes took while contenders were at work; null when unknown. */
/** @param {import('./measure.js').Measurement[]} all @param {number} cores */
function othersShare(all, cores) {
  const known = all.filter(({ othersCpuSeconds }) => typeof othersCpuSeconds === 'number');
  if (known.length === 0) return null;
  const others = known.reduce((sum, { othersCpuSeconds }) => sum + Number(othersCpuSeconds), 0);
  return others / cores / known.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
