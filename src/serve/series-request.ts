import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { SERIES_FREQUENCIES, type SeriesSpan, parseSeriesFrequency } from '../series/index.js';
import type { Frequency } from '../time/index.js';
import type { Parameters } from './parameters.js';

export const MAX_POINTS = 5000;
const DEFAULT_POINTS = 1500;
const MAX_COLUMNS = 32;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

export const SERIES_PARAMETERS = [
  ...['market', 'symbol', 'from', 'to', 'freq', 'columns', 'points', 'cumulative'],
] as const;

/** What `/api/series` was asked for, the frequency chosen. */
export interface WantedSeries {
  readonly market: Market;
  readonly symbol: string;
  /** Of whole bars: what was asked for, widened. */
  readonly span: SeriesSpan;
  readonly frequency: Frequency;
  readonly columns: readonly string[];
  readonly cumulative: boolean;
}

/** @throws `E_USAGE`, `E_PERIOD`, `E_SYMBOL` */
export function readWantedSeries(parameters: Parameters): WantedSeries {
  const [market, symbol] = [parameters.market(), parameters.symbol()];
  const [from, to] = [parameters.instant('from'), parameters.instant('to')];
  if (from >= to) {
    throw new TapemillError('E_PERIOD', `from (${iso(from)}) is not before to (${iso(to)})`, {
      expected: 'from < to',
      found: `${iso(from)} … ${iso(to)}`,
    });
  }
  const freq = parameters.optional('freq') ?? 'auto';
  const finest = freq === 'auto' ? SERIES_FREQUENCIES[0]! : parseSeriesFrequency(freq);
  const points = parameters.integer('points', DEFAULT_POINTS, 1, MAX_POINTS);
  const frequency = fitting(from, to, finest, points);
  return {
    ...{ market, symbol, frequency },
    span: widened(from, to, frequency),
    columns: readColumns(parameters.required('columns')),
    cumulative: parameters.flag('cumulative'),
  };
}

/**
 * The finest frequency from `finest` up that gives at most `points` bars; days where even these are more.
 * @throws `E_PERIOD` when days are more than the server ever gives
 */
function fitting(from: number, to: number, finest: Frequency, points: number): Frequency {
  const bars = (frequency: Frequency): number => {
    const { startMs, endMs } = widened(from, to, frequency);
    return (endMs - startMs) / frequency.lengthMs;
  };
  const found = SERIES_FREQUENCIES.find(
    (frequency) => frequency.lengthMs >= finest.lengthMs && bars(frequency) <= points,
  );
  if (found) return found;
  const coarsest = SERIES_FREQUENCIES.at(-1)!;
  if (bars(coarsest) <= MAX_POINTS) return coarsest;
  throw new TapemillError(
    'E_PERIOD',
    `expected at most ${MAX_POINTS} days, found ${iso(from)} … ${iso(to)}`,
    {
      expected: `at most ${MAX_POINTS} days`,
      found: `${bars(coarsest)} days`,
    },
  );
}

function widened(from: number, to: number, { lengthMs }: Frequency): SeriesSpan {
  return {
    startMs: Math.floor(from / lengthMs) * lengthMs,
    endMs: Math.ceil(to / lengthMs) * lengthMs,
  };
}

function readColumns(text: string): string[] {
  const columns = [...new Set(text.split(','))];
  const odd = columns.find((name) => !NAME.test(name));
  if (odd !== undefined) {
    throw new TapemillError('E_USAGE', `expected names of columns, found "${odd.slice(0, 100)}"`, {
      expected: 'names as /api/columns lists them, separated by commas',
      found: odd.slice(0, 100),
    });
  }
  if (columns.length > MAX_COLUMNS) {
    throw new TapemillError('E_USAGE', `expected at most ${MAX_COLUMNS} columns, found ${columns.length}`, {
      expected: `at most ${MAX_COLUMNS}`,
      found: String(columns.length),
    });
  }
  return columns;
}

const iso = (ms: number): string => new Date(ms).toISOString();
