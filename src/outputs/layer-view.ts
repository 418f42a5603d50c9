import { createHash } from 'node:crypto';
import { TapemillError } from '../errors.js';
import { type LayerFacts, type MonthFile, listMonths, readLayerFacts } from '../layer/index.js';
import type { Market } from '../market/index.js';
import { type DateRange, type Period, parsePeriod } from '../time/index.js';

export interface MonthWithFacts extends MonthFile {
  readonly facts: LayerFacts;
}

/** Facts of a month file, null when there is none. @throws `E_LAYER`, `E_IO` */
export type FactsReader = (path: string) => Promise<LayerFacts | null>;

/**
 * The months of a symbol that share a day with the range, oldest first, with their facts, all made with the
 * same thresholds and contract size. Only footers are read.
 * @throws `E_NO_LAYER` when there is none, `E_LAYER` when one is damaged, another symbol's, or made otherwise
 */
export async function viewLayer(
  dataDir: string,
  market: Market,
  symbol: string,
  range: DateRange | null,
  readFacts: FactsReader = readLayerFacts,
): Promise<[MonthWithFacts, ...MonthWithFacts[]]> {
  const months: MonthWithFacts[] = [];
  for (const file of await listMonths(dataDir, market, symbol)) {
    if (!overlaps(file.month, range)) continue;
    const facts = await readFacts(file.path);
    if (facts === null) continue; // gone since the folder was listed
    if (facts.market !== market || facts.symbol !== symbol || facts.period !== file.month.key) {
      throw new TapemillError(
        'E_LAYER',
        `${file.path} holds ${facts.market} ${facts.symbol} ${facts.period}, expected ${market} ${symbol} ${file.month.key}`,
        { path: file.path },
      );
    }
    months.push({ ...file, facts });
  }
  const [first, ...others] = months;
  if (first === undefined) {
    const span = range === null ? '' : ` from ${range.start} to ${range.end}`;
    throw new TapemillError('E_NO_LAYER', `the minute layer holds no month of ${market} ${symbol}${span}`, {
      path: dataDir,
    });
  }
  for (const other of others) {
    const [wanted, found] = [making(first.facts), making(other.facts)];
    if (wanted === found) continue;
    throw new TapemillError(
      'E_LAYER',
      `months of ${symbol} are made differently: ${first.month.key} with ${wanted}, ${other.month.key} with ${found}; ` +
        'collect the range again with one of them',
      { path: other.path, expected: wanted, found },
    );
  }
  return [first, ...others];
}

function making({ thresholds, contractSizeUsd }: LayerFacts): string {
  const size = contractSizeUsd === null ? '' : `, contract size ${contractSizeUsd}`;
  return `whale ≥ ${thresholds.whaleUsd}, retail ≤ ${thresholds.retailUsd}${size}`;
}

export function overlaps(period: Period, range: DateRange | null): boolean {
  return range === null || (period.startMs < range.endMs && period.endMs > range.startMs);
}

/** Sources that lie in the range, at least in part, in the order of the layer. */
export function sourcesInRange(
  months: readonly MonthWithFacts[],
  range: DateRange | null,
): { readonly period: Period; readonly facts: LayerFacts['sources'][number] }[] {
  return months
    .flatMap((month) => month.facts.sources)
    .map((facts) => ({ period: parsePeriod(facts.period), facts }))
    .filter(({ period }) => overlaps(period, range));
}

/** SHA-256 over all facts but those that change without changing a bar. */
export function layerDigest(months: readonly MonthWithFacts[]): string {
  const hash = createHash('sha256');
  for (const { facts } of months) {
    hash.update(JSON.stringify({ ...facts, createdAtUtc: null, tapemillVersion: null }));
  }
  return hash.digest('hex');
}
