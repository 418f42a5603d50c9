import { type CrossSection, type CrossSectionRows, CrossSections } from '../dataset/index.js';
import { SlimFile } from './slim.js';
import type { TableSpec } from './spec.js';
import type { SymbolPlan } from './symbol-plan.js';

/** Rows that take the place of what is kept of a symbol's month; null: of that month the symbol has none. */
export type MonthOverride = (
  plan: SymbolPlan,
  monthKey: string,
) => Promise<CrossSectionRows | null> | undefined;

/**
 * What all symbols together were at each bar from the start of the lead-in on, month by month: in memory are one month of
 * two columns of all symbols, and the result.
 * @param lastMonth months after it are left out
 * @throws `E_IO`
 */
export async function makeSection(
  spec: TableSpec,
  plans: readonly SymbolPlan[],
  {
    lastMonth = '9999-12',
    override,
  }: { readonly lastMonth?: string; readonly override?: MonthOverride } = {},
): Promise<CrossSection> {
  const sections = new CrossSections();
  for (const { symbol, firstBarMs, span } of plans) {
    // It has been there before what is read of it.
    if (firstBarMs === null || firstBarMs >= span.startMs) continue;
    sections.add(symbol, {
      minute: Float64Array.of(firstBarMs),
      volume: Float64Array.of(0),
      funding_rate: Float64Array.of(NaN),
    });
  }
  sections.close();
  const files = await Promise.all(plans.map((plan) => SlimFile.open(spec, plan.symbol)));
  const months = [...new Set(files.flatMap((file) => file.months))].sort();
  const parts: CrossSection[] = [];
  for (const month of months.filter((key) => key <= lastMonth)) {
    for (const [index, plan] of plans.entries()) {
      const replaced = override?.(plan, month);
      const rows = replaced === undefined ? await files[index]!.month(month) : await replaced;
      if (rows) sections.add(plan.symbol, rows);
    }
    parts.push(sections.close());
  }
  return {
    minute: join(parts, (part) => part.minute),
    universeSize: join(parts, (part) => part.universeSize),
    symbolsSoFar: join(parts, (part) => part.symbolsSoFar),
    fundingMedian: join(parts, (part) => part.fundingMedian),
    volumeMean: join(parts, (part) => part.volumeMean),
  };
}

function join(parts: readonly CrossSection[], pick: (part: CrossSection) => Float64Array): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.minute.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(pick(part), at);
    at += pick(part).length;
  }
  return whole;
}
