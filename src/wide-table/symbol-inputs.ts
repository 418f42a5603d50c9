import { readQuality } from '../audit/index.js';
import { TapemillError } from '../errors.js';
import {
  type InputMonth,
  type MinuteStore,
  type Span,
  WIDE_DUMPS,
  digestLiquidations,
  inputsOfImports,
  inputsOfSources,
  openMinutes,
  sha256,
} from './inputs/index.js';
import type { TableSpec } from './spec.js';

/** All that a symbol's own columns are made of; no row of it has been read. */
export interface TableInputs {
  /** Month files that are joined, and those of minutes. */
  readonly inputs: readonly InputMonth[];
  /** SHA-256 over the liquidations of all times and the prices beside them; null without such columns, or any of them. */
  readonly liquidations: string | null;
  /** SHA-256 over what audits found; null without such columns. */
  readonly quality: string | null;
}

export interface FoundInputs extends TableInputs {
  readonly store: MinuteStore;
  /** Place in the store of the first month that is read, and of the one after the last. */
  readonly firstMonth: number;
  readonly endMonth: number;
  /** Time of all months that are read. */
  readonly span: Span;
}

/**
 * Finds what a symbol's table is made of, by footers alone.
 * @throws `E_NO_LAYER` when neither the layer nor 1m klines have anything of the range; `E_LAYER`, `E_IO`
 */
export async function findInputs(spec: TableSpec, symbol: string): Promise<FoundInputs> {
  const { dataDir, market, frequency, families } = spec;
  const store = await openMinutes(dataDir, market, symbol);
  const firstMonth = store?.months.findIndex(({ month }) => month.endMs > spec.leadInMs) ?? -1;
  const endMonth = store?.months.filter(({ month }) => month.startMs < spec.endMs).length ?? 0;
  if (!store || firstMonth < 0 || endMonth <= firstMonth) {
    const span = spec.start === null ? '' : ` from ${spec.start} to ${spec.end ?? ''}`;
    const message = `neither the minute layer nor 1m klines hold anything of ${market} ${symbol}${span}`;
    throw new TapemillError('E_NO_LAYER', message, { path: dataDir });
  }
  const months = store.months.slice(firstMonth, endMonth);
  const span = { startMs: months[0]!.month.startMs, endMs: months.at(-1)!.month.endMs };
  const inputs = [...months.map(({ input }) => input), ...(await joinedInputs(spec, symbol, span))];
  const liquidations = families.includes('liquidations')
    ? await digestLiquidations(dataDir, market, symbol, span, frequency)
    : null;
  const quality = families.includes('quality') ? await digestQuality(spec, symbol, span) : null;
  return { store, firstMonth, endMonth, span, inputs, liquidations, quality };
}

/** Month files of all sources that are joined. */
async function joinedInputs(spec: TableSpec, symbol: string, span: Span): Promise<InputMonth[]> {
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
