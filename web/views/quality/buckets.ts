import type { AuditCounts, QualityAnswer, SymbolQuality } from '../../api-types.js';
import { countText, shareText } from '../../format/number.js';
import { monthsBetween } from '../../format/time.js';
import type { HeatCell, HeatData } from '../../ui/heat-data.js';

/** Exact shares as colours of a calendar, and what they add up to. Pure. */

/** From the worst to the best: below this share. */
const LIMITS = [0.9, 0.99, 0.999, 0.9999, 1] as const;
export const BUCKETS = [
  'below 90 %',
  '90 to 99 %',
  '99 to 99.9 %',
  '99.9 to 99.99 %',
  '99.99 % or more',
  'all exact',
] as const;

/** Index into `BUCKETS`. */
export function bucketOf(share: number): number {
  const at = LIMITS.findIndex((limit) => share < limit);
  return at < 0 ? LIMITS.length : at;
}

export function qualityHeat(symbols: readonly SymbolQuality[]): HeatData {
  const all = symbols.flatMap(({ months }) => months.map(({ month }) => month)).sort();
  const first = all[0];
  const months = first === undefined ? [] : monthsBetween(first, all.at(-1)!);
  const found = symbols.map((one) => new Map(one.months.map((month) => [month.month, month])));
  return {
    months,
    rows: symbols.map(({ symbol, exactShare }) => ({
      key: symbol,
      label: symbol,
      note: shareText(exactShare),
    })),
    cell: (row, column): HeatCell | null => {
      const month = found[row]?.get(months[column] ?? '');
      if (!month) return null;
      const name = `${symbols[row]!.symbol} ${month.month}`;
      if (month.exactShare === null)
        return { look: 'not-audited', share: null, text: `${name}: nothing to compare with` };
      return {
        look: `heat-${bucketOf(month.exactShare)}`,
        share: null,
        text: `${name}: ${shareText(month.exactShare)} exact, ${countText(month.compared - month.exact)} of ${countText(month.compared)} minutes differ`,
      };
    },
  };
}

/** Over all symbols. */
export function totalsOf({
  symbols,
}: Pick<QualityAnswer, 'symbols'>): AuditCounts & { readonly days: number } {
  const classes: Record<string, number> = {};
  let compared = 0;
  let exact = 0;
  let withoutKline = 0;
  let days = 0;
  for (const one of symbols) {
    compared += one.compared;
    exact += one.exact;
    withoutKline += one.withoutKline;
    days += one.days;
    for (const [name, count] of Object.entries(one.classes)) classes[name] = (classes[name] ?? 0) + count;
  }
  return {
    compared,
    exact,
    withoutKline,
    days,
    classes,
    exactShare: compared === 0 ? null : exact / compared,
  };
}
