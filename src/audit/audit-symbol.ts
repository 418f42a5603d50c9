import { type Archive, type KnownDefect, describeDefect, excuseFor } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { MissingPeriod } from '../layer/index.js';
import type { Market } from '../market/index.js';
import {
  SOURCE_KINDS,
  SOURCE_TYPES,
  type SourceType,
  readSourceMonth,
  sourceSeries,
  viewSource,
} from '../sources/index.js';
import { type DateRange, parsePeriod } from '../time/index.js';
import type { OffMinute } from './classify.js';
import {
  type Agreement,
  type CadenceCheck,
  cadenceChecks,
  compareHours,
  compareTakerRatio,
  noAgreement,
} from './cross-checks.js';
import { COUNT } from './fields.js';
import { GapFinder, type LayerGap, type TradeIdGaps } from './gaps.js';
import { type SeriesAtHand, monthAtHand, seriesAtHand } from './klines-at-hand.js';
import { sourceObjectRow, tickObjectRow } from './object-quality.js';
import { type DayTotals, reconcileMonth, wholeSpans } from './reconcile.js';
import { type TapeMonth, readTape } from './symbol-tape.js';
import type { TableRow } from './table-file.js';
import { type Totals, addTotals, noTotals } from './totals.js';

export interface SymbolRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  /** Null: all of the layer. */
  readonly range: DateRange | null;
  /** Where klines come from that are not collected; null: nowhere. */
  readonly archive: Archive | null;
  readonly registry: readonly KnownDefect[];
  readonly signal?: AbortSignal;
}

/** All that an audit finds out about a symbol. */
export interface SymbolAudit {
  readonly market: Market;
  readonly symbol: string;
  readonly totals: Totals;
  readonly months: readonly { readonly month: string; readonly totals: Totals }[];
  readonly days: readonly DayTotals[];
  /** Minutes that differ, in order. */
  readonly off: readonly OffMinute[];
  /** Minutes of days with klines that have none themselves, ms. */
  readonly withoutKline: readonly number[];
  /** Days of the layer that no kline object could be found or read for. */
  readonly klinesMissing: readonly MissingPeriod[];
  /** Kline objects that were read for this audit; the others were there. */
  readonly klineObjectsRead: number;
  readonly gaps: readonly LayerGap[];
  readonly tradeIdGaps: TradeIdGaps;
  readonly cadences: readonly CadenceCheck[];
  /** 1h klines against 1m ones; null when there are no 1h klines. */
  readonly hours: Agreement | null;
  /** Taker ratio of metrics, against that of quote and of base volumes; null when metrics are not collected. */
  readonly takerRatio: { readonly quote: Agreement; readonly base: Agreement } | null;
  /** Rows of the objects table: ticks, klines and whatever else is collected. */
  readonly objects: readonly TableRow[];
}

/**
 * Audits one symbol, a month at a time.
 * @throws `E_NO_LAYER` when the layer has nothing of it in the range; `E_LAYER`; as `monthAtHand`
 */
export async function auditSymbol(request: SymbolRequest): Promise<SymbolAudit> {
  const { dataDir, market, symbol, range, archive, registry, signal } = request;
  const minutes = seriesAtHand(
    dataDir,
    sourceSeries({ market, dataType: 'klines', symbol, interval: '1m' }),
    archive,
    signal,
  );
  const hourly = seriesAtHand(
    dataDir,
    sourceSeries({ market, dataType: 'klines', symbol, interval: '1h' }),
    archive,
    signal,
  );
  const found = new Findings(market);
  for await (const tape of readTape(dataDir, market, symbol, range, minutes)) {
    signal?.throwIfAborted();
    const month = reconcileMonth({
      ...tape,
      market,
      knownDefect: (minute) => {
        const known = excuseFor(market, symbol, minute, registry);
        return known && describeDefect(known);
      },
    });
    found.addMonth(tape, month);
    await found.addHours(tape, hourly);
    await found.addTakerRatio(tape, request);
    for (const source of tape.facts.sources) {
      if (within(range, source.period)) found.objects.push(tickObjectRow(market, symbol, source, registry));
    }
  }
  if (found.days.length === 0) {
    const span = range === null ? '' : ` from ${range.start} to ${range.end}`;
    throw new TapemillError('E_NO_LAYER', `the layer has nothing of ${symbol} (${market})${span}`, {
      path: dataDir,
    });
  }
  await addSourceObjects(request, found.objects);
  return found.audit(symbol);
}

/** Puts the findings of the months together. */
class Findings {
  readonly days: DayTotals[] = [];
  readonly objects: TableRow[] = [];
  private readonly months: { month: string; totals: Totals }[] = [];
  private readonly off: OffMinute[] = [];
  private readonly withoutKline: number[] = [];
  private readonly klinesMissing: MissingPeriod[] = [];
  private readonly cadences: CadenceCheck[] = [];
  private readonly gaps: GapFinder;
  private hours: Agreement | null = null;
  private takerRatio: { quote: Agreement; base: Agreement } | null = null;
  private lastKline: { time: number; isQuiet: boolean } | null = null;
  private read = 0;

  constructor(private readonly market: Market) {
    this.gaps = new GapFinder(market);
  }

  addMonth(tape: TapeMonth, month: ReturnType<typeof reconcileMonth>): void {
    const totals = noTotals();
    for (const day of month.days) addTotals(totals, day.totals);
    this.days.push(...month.days);
    this.months.push({ month: tape.month.key, totals });
    for (const minute of month.off) this.off.push(minute);
    this.withoutKline.push(...month.withoutKline);
    const wanted = new Set(tape.days.map(({ key }) => key));
    const covered = ({ period }: MissingPeriod): boolean => period.length === 7 || wanted.has(period);
    this.klinesMissing.push(...tape.klinesAtHand.missing.filter(covered));
    this.read += tape.klinesAtHand.read;
    this.cadences.push(...cadenceChecks(tape.facts, tape.klinesAtHand.facts));
    this.gaps.add({
      bars: tape.own,
      facts: tape.facts,
      klines: tape.klines,
      isWhole: wholeSpans(tape.layerFacts),
      isShort: (fromMs, toMs) =>
        month.off.some(({ minute, delta }) => minute >= fromMs && minute < toMs && delta[COUNT]! > 0),
    });
    const { time, count } = tape.klines;
    const last = time.length - 1;
    if (last >= 0) this.lastKline = { time: time[last]!, isQuiet: count[last] === 0 };
  }

  async addHours(tape: TapeMonth, series: SeriesAtHand): Promise<void> {
    if (tape.klinesAtHand.facts === null) return;
    const hours = await monthAtHand(series, tape.month, tape.days);
    if (hours.path === null) return;
    this.hours ??= noAgreement();
    compareHours(tape.klines, (await readSourceMonth(hours.path)).table, this.hours);
  }

  async addTakerRatio(tape: TapeMonth, { dataDir, market, symbol }: SymbolRequest): Promise<void> {
    if (market === 'spot') return;
    const series = sourceSeries({ market, dataType: 'metrics', symbol });
    const [month] = await viewSource(dataDir, series, tape.month);
    if (!month) return;
    this.takerRatio ??= { quote: noAgreement(), base: noAgreement() };
    compareTakerRatio(tape.own, (await readSourceMonth(month.path)).table, this.takerRatio);
  }

  audit(symbol: string): SymbolAudit {
    const { market, months, days, off, withoutKline, klinesMissing, cadences, hours, takerRatio, objects } =
      this;
    const totals = noTotals();
    for (const month of months) addTotals(totals, month.totals);
    const { gaps, tradeIds } = this.gaps.finish(this.lastKline);
    return {
      ...{ market, symbol, totals, months, days, off, withoutKline, klinesMissing },
      ...{ klineObjectsRead: this.read, gaps, tradeIdGaps: tradeIds, cadences, hours, takerRatio, objects },
    };
  }
}

/** Rows for the objects of every source that is collected, klines included. */
async function addSourceObjects(request: SymbolRequest, objects: TableRow[]): Promise<void> {
  const { dataDir, market, symbol, range, registry } = request;
  for (const { dataType, interval } of collectable(market)) {
    const series = sourceSeries({ market, dataType, symbol, interval });
    for (const { facts } of await viewSource(dataDir, series, range)) {
      for (const source of facts.sources) {
        if (!within(range, source.period)) continue;
        objects.push(
          sourceObjectRow({ market, symbol: series.symbol, dataType, interval }, source, registry),
        );
      }
    }
  }
}

function collectable(market: Market): { dataType: SourceType; interval: string | null }[] {
  const kinds: { dataType: SourceType; interval: string | null }[] = [];
  for (const dataType of SOURCE_TYPES) {
    const { markets, hasInterval } = SOURCE_KINDS[dataType];
    if (!markets.includes(market)) continue;
    for (const interval of hasInterval ? ['1m', '1h'] : [null]) kinds.push({ dataType, interval });
  }
  return kinds;
}

function within(range: DateRange | null, period: string): boolean {
  if (range === null) return true;
  const { startMs, endMs } = parsePeriod(period);
  return startMs < range.endMs && endMs > range.startMs;
}
