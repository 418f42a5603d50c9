import { TapemillError } from '../errors.js';
import type { ObjectName } from '../market/index.js';
import { daysBetween, monthsBetween, parsePeriod, periodContains, type Period } from '../time/index.js';
import { MARKET_OPENS } from './calendar.js';
import type { Changed, DefectKind } from './defect-kind.js';
import { DEFECT_KINDS, defectKind, type PlantedDefect } from './defects.js';
import { ENDLESS, type Life } from './life.js';
import { Random } from './random.js';
import type { DefectReport, Simulation } from './request.js';

/** A defect with its symbol and period settled, collecting what it changed. */
export interface Planted {
  readonly kind: DefectKind;
  readonly symbol: string;
  readonly period: Period;
  /** The day whose rows an edit of rows changes. */
  readonly day: Period;
  readonly objects: Map<string, Changed>;
}

/** Knows for every object which defects touch it, and is told what they did. */
export class DefectBook {
  readonly #planted: readonly Planted[];

  /** @throws `E_USAGE` for a kind, symbol or period that does not fit the simulation */
  constructor(private readonly simulation: Simulation) {
    this.#planted = simulation.defects.flatMap((defect) => settle(defect, simulation));
  }

  life(symbol: string): Life {
    const endless: Life = {
      listedMs: MARKET_OPENS[this.simulation.market],
      delistedMs: ENDLESS,
      absences: [],
      halts: [],
    };
    return this.#planted
      .filter((planted) => planted.symbol === symbol)
      .reduce((life, { kind, period }) => kind.life?.(life, period) ?? life, endless);
  }

  /** Those that touch the object, in the order they were asked for. */
  touching(object: ObjectName): readonly Planted[] {
    return this.#planted.filter((planted) => touches(planted, object));
  }

  /** Those that edit the rows of a day before anything is published. */
  beforePublication(symbol: string, day: Period): readonly Planted[] {
    return this.#planted.filter(
      ({ kind, symbol: of, day: at }) =>
        of === symbol &&
        at.key === day.key &&
        (kind.editTruth !== undefined || kind.editKlineFeed !== undefined),
    );
  }

  random(planted: Planted): Random {
    const { market, seed } = this.simulation;
    return new Random(`${seed}|${market}|${planted.symbol}|${planted.kind.kind}|${planted.period.key}`);
  }

  record(planted: Planted, key: string, changed: Changed): void {
    planted.objects.set(key, changed);
  }

  /** @throws `E_USAGE` naming the defects that found nothing to change */
  reports(): DefectReport[] {
    const idle = this.#planted.filter(({ kind, objects }) => kind.life === undefined && objects.size === 0);
    if (idle.length > 0) {
      const names = idle.map(({ kind, symbol, period }) => `${kind.kind}:${symbol}:${period.key}`).join(', ');
      throw new TapemillError(
        'E_USAGE',
        `found nothing to change for ${names}: no such object, or too few rows`,
      );
    }
    return this.#planted.map((planted) => ({
      kind: planted.kind.kind,
      fact: planted.kind.fact,
      symbol: planted.symbol,
      period: planted.period.key,
      objects: [...planted.objects]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, changed]) => ({ key, changed })),
      ...this.#when(planted),
    }));
  }

  #when({ kind, period, symbol }: Planted): { fromMs?: number; toMs?: number } {
    if (!kind.life) return {};
    const life = this.life(symbol);
    const holds = (span: { fromMs: number }): boolean => periodContains(period, span.fromMs);
    const span = [...life.halts, ...life.absences].find(holds);
    if (kind.kind === 'late-listing') return { fromMs: life.listedMs };
    if (kind.kind === 'delisting') return { fromMs: life.delistedMs };
    return span ? { fromMs: span.fromMs, toMs: span.toMs } : {};
  }
}

function touches({ kind, symbol, period, day }: Planted, object: ObjectName): boolean {
  if (symbol !== object.symbol || kind.dataType !== object.dataType || kind.target === 'life') return false;
  // Klines of one minute are what everything is compared with; longer ones stay right.
  if (object.interval !== undefined && object.interval !== '1m') return false;
  if (kind.target !== 'rows' || period.kind === 'month') return period.key === object.period.key;
  return periodContains(object.period, day.startMs);
}

function settle(defect: PlantedDefect, simulation: Simulation): Planted[] {
  const kind = defectKind(defect.kind);
  const refuse = (why: string): never => {
    throw new TapemillError('E_USAGE', `cannot plant ${kind.kind}: ${why}`);
  };
  if (!simulation.sources.some((source) => source === kind.dataType)) {
    refuse(`${kind.dataType} is not among the simulated sources`);
  }
  const symbols =
    defect.symbol === '*'
      ? simulation.symbols
      : [defect.symbol ?? simulation.symbols[0] ?? refuse('no symbol')];
  const period = defect.period === undefined ? defaultPeriod(kind, simulation) : parsePeriod(defect.period);
  if (!period) return refuse('the range holds no whole month, or too few days; give a period');
  const { startMs, endMs } = simulation.range;
  if (period.startMs < startMs || period.endMs > endMs) refuse(`${period.key} is not inside the range`);
  const wanted = { rows: undefined, object: undefined, month: 'month', day: 'day', life: 'day' }[kind.target];
  if (wanted !== undefined && period.kind !== wanted) refuse(`expected a ${wanted}, found ${period.key}`);
  return symbols.map((symbol) => {
    if (!simulation.symbols.includes(symbol)) refuse(`${symbol} is not simulated`);
    const days = daysBetween(period.startMs, period.endMs);
    return { kind, symbol, period, day: days[Math.floor(days.length / 2)] ?? period, objects: new Map() };
  });
}

/** Where in the range a symbol's life changes by default, so that what should come first does. */
const LIFE_AT: Readonly<Record<string, number>> = {
  'late-listing': 0.2,
  're-listing-gap': 0.5,
  delisting: 0.8,
};

/** Some period inside the range that suits the kind. Kinds differ, so that several defects rarely meet. */
function defaultPeriod(kind: DefectKind, { range, monthly }: Simulation): Period | undefined {
  const index = DEFECT_KINDS.indexOf(kind);
  const whole = monthsBetween(range.startMs, range.endMs).filter(
    (month) => month.startMs >= range.startMs && month.endMs <= range.endMs,
  );
  const month = whole[index % Math.max(1, whole.length)];
  if (kind.kind === 'unpadded-month') return whole.find(({ key }) => key.includes('-0'));
  const days = daysBetween(range.startMs, range.endMs);
  // Where there are others: a day of which there is a monthly object too, that has neighbours in it.
  const twice = days.filter((day) => whole.some((candidate) => periodContains(candidate, day.startMs)));
  const candidates = monthly && twice.length > 0 ? twice : days;
  const inside = candidates.slice(1, -1).filter(({ key }) => !key.endsWith('-01'));
  const inner = inside.length > 0 ? inside : candidates;
  const spread = inner[index % inner.length];
  switch (kind.target) {
    case 'month':
      return month;
    case 'object':
      return monthly || kind.dataType === 'fundingRate' ? (month ?? spread) : spread;
    case 'life':
      return inner[Math.floor(inner.length * (LIFE_AT[kind.kind] ?? 0.4))] ?? spread;
    case 'rows':
    case 'day':
      return spread;
  }
}
