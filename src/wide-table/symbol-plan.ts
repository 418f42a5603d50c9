import { readQuality } from '../audit/index.js';
import { TapemillError } from '../errors.js';
import type { EpochMs } from '../time/index.js';
import {
  type InputMonth,
  type Life,
  type MinuteStore,
  type MonthCarry,
  type Span,
  type Stretch,
  WIDE_DUMPS,
  beginsLife,
  digestLiquidations,
  inputsOfImports,
  inputsOfSources,
  livesOf,
  openMinutes,
  readMinutes,
  readStretches,
  sha256,
} from './inputs/index.js';
import { type MonthColumns, monthColumns } from './month-columns.js';
import { type TableSpec, specFacts } from './spec.js';

/** What is known of a symbol before its table is made; plain data. */
export interface SymbolPlan {
  readonly symbol: string;
  readonly origin: MinuteStore['origin'];
  /** Place in the store of the first month that is read, and of the one after the last. */
  readonly firstMonth: number;
  readonly endMonth: number;
  /** Of the month before the first one. */
  readonly carry: MonthCarry | null;
  readonly lives: readonly Life[];
  /** Start of the first bar ever, be it before what is read; null when there is none. */
  readonly firstBarMs: EpochMs | null;
  /** Time of all months that are read. */
  readonly span: Span;
  readonly inputs: readonly InputMonth[];
  /** SHA-256 over all that the table is made of but for the other symbols. */
  readonly identity: string;
}

/**
 * Finds out what a symbol's table is made of, and brings its months' columns up to date.
 * @param onMonth told of each month's columns of these names, in order
 * @throws `E_NO_LAYER` when neither the layer nor 1m klines have anything of the range; `E_LAYER`, `E_IO`, `E_DISK_FULL`
 */
export async function planSymbol(
  spec: TableSpec,
  symbol: string,
  names: readonly string[],
  onMonth: (month: MonthColumns) => void = () => undefined,
): Promise<SymbolPlan> {
  const { dataDir, market, frequency } = spec;
  const store = await openMinutes(dataDir, market, symbol);
  const firstMonth = store?.months.findIndex(({ month }) => month.endMs > spec.leadInMs) ?? -1;
  const endMonth = store?.months.filter(({ month }) => month.startMs < spec.endMs).length ?? 0;
  if (!store || firstMonth < 0 || endMonth <= firstMonth) {
    const span = spec.start === null ? '' : ` from ${spec.start} to ${spec.end ?? ''}`;
    const message = `neither the minute layer nor 1m klines hold anything of ${market} ${symbol}${span}`;
    throw new TapemillError('E_NO_LAYER', message, { path: dataDir });
  }
  const before = store.months[firstMonth - 1];
  // Of an earlier month nothing is carried: a week without a trade ends a life.
  const carry = before ? (await readMinutes(store, before, null, frequency)).carry : null;
  const stretches: Stretch[] = [];
  let last = carry;
  for (const month of store.months.slice(firstMonth, endMonth)) {
    const made = await monthColumns(spec, store, month, last, names);
    stretches.push(...made.stretches);
    last = made.carry;
    onMonth(made);
  }
  const months = store.months.slice(firstMonth, endMonth);
  const span = { startMs: months[0]!.month.startMs, endMs: months.at(-1)!.month.endMs };
  const lives = await withNextTrade(store, endMonth, livesOf(carry, stretches, frequency), last);
  const firstBarMs = await findFirstBar(store, firstMonth, stretches, frequency.lengthMs);
  const inputs = [...months.map(({ input }) => input), ...(await inputsOf(spec, symbol, span))];
  const identity = sha256(
    JSON.stringify([
      ...[specFacts(spec), symbol, store.origin, carry, inputs, lives.map(({ endMs }) => endMs)],
      spec.families.includes('liquidations') &&
        (await digestLiquidations(dataDir, market, symbol, span, frequency)),
      spec.families.includes('quality') && (await digestQuality(spec, symbol, span)),
    ]),
  );
  const { origin } = store;
  return { symbol, origin, firstMonth, endMonth, carry, lives, firstBarMs, span, inputs, identity };
}

/** Whether the last life goes on after what is read; its last quiet bars are then its own. */
async function withNextTrade(
  store: MinuteStore,
  endMonth: number,
  lives: Life[],
  last: MonthCarry | null,
): Promise<Life[]> {
  const [life, next] = [lives.at(-1), store.months[endMonth]];
  if (!life || !next || !last) return lives;
  const [first] = await readStretches(store, next);
  if (!first || beginsLife(last, first)) return lives;
  return [...lives.slice(0, -1), { ...life, endMs: Infinity }];
}

async function findFirstBar(
  store: MinuteStore,
  firstMonth: number,
  stretches: readonly Stretch[],
  lengthMs: EpochMs,
): Promise<EpochMs | null> {
  for (const month of store.months.slice(0, firstMonth)) {
    const [first] = await readStretches(store, month);
    if (first) return Math.floor(first.firstMs / lengthMs) * lengthMs;
  }
  const [first] = stretches;
  return first ? Math.floor(first.firstMs / lengthMs) * lengthMs : null;
}

/** Month files of all sources that are joined. */
async function inputsOf(spec: TableSpec, symbol: string, span: Span): Promise<InputMonth[]> {
  const { dataDir, market, frequency, reads } = spec;
  const has = (family: TableSpec['reads'][number]): boolean => reads.includes(family);
  const collected = await inputsOfSources(dataDir, market, symbol, span, frequency, {
    // The cross section is made of rates, whether or not they are shown.
    funding: true,
    metrics: has('open-interest'),
    triad: has('triad'),
  });
  const kinds = [...(has('ticker') ? (['derivative_ticker'] as const) : []), ...dumpsOf(has('dumps'))];
  const imported = await Promise.all(
    kinds.map((kind) => inputsOfImports(dataDir, market, kind, symbol, span)),
  );
  return [...collected, ...imported.flat()];
}

function dumpsOf(wanted: boolean): readonly (typeof WIDE_DUMPS)[number][] {
  return wanted ? WIDE_DUMPS : [];
}

async function digestQuality({ dataDir, market }: TableSpec, symbol: string, span: Span): Promise<string> {
  const { days, minutes } = await readQuality(dataDir, market, symbol);
  const within = (t: number): boolean => t >= span.startMs && t < span.endMs;
  return sha256(
    JSON.stringify([
      [...days].filter(([day]) => within(day)).sort(([a], [b]) => a - b),
      minutes.filter(({ minute }) => within(minute)),
    ]),
  );
}
