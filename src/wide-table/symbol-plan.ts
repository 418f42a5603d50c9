import type { EpochMs } from '../time/index.js';
import {
  type Life,
  type MinuteStore,
  type MonthCarry,
  type Span,
  type Stretch,
  beginsLife,
  livesOf,
  readMinutes,
  readStretches,
  sha256,
} from './inputs/index.js';
import { type MonthColumns, monthColumns } from './month-columns.js';
import { type TableSpec, specFacts } from './spec.js';
import { type TableInputs, findInputs } from './symbol-inputs.js';

/** What is known of a symbol before its table is made; plain data. */
export interface SymbolPlan extends TableInputs {
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
  const { frequency } = spec;
  const { store, firstMonth, endMonth, span, ...found } = await findInputs(spec, symbol);
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
  const lives = await withNextTrade(store, endMonth, livesOf(carry, stretches, frequency), last);
  const firstBarMs = await findFirstBar(store, firstMonth, stretches, frequency.lengthMs);
  const { origin } = store;
  const ends = lives.map(({ endMs }) => endMs);
  const identity = sha256(JSON.stringify([specFacts(spec), symbol, origin, carry, found, ends]));
  return { symbol, origin, firstMonth, endMonth, carry, lives, firstBarMs, span, ...found, identity };
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
