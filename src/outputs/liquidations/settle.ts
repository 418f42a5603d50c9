import type { FactorPaths } from '../../layer/index.js';
import { readJson, whyLost } from '../existing.js';
import { type SettleLiquidationsRequest, examine } from './job.js';
import { type LiquidationMeta, whyStale } from './meta.js';
import { writeLiquidations } from './write.js';

export interface SettledLiquidations {
  readonly status: 'written' | 'unchanged';
  /** Why the files were written, in words; null when they were not. */
  readonly reason: string | null;
  readonly rows: number;
  readonly paths: FactorPaths;
  readonly meta: LiquidationMeta;
}

/**
 * Brings the liquidation files of one symbol and frequency up to date with what is stored: imported liquidations,
 * `liquidationSnapshot` months, and for closes and volumes the minute layer or klines. CSV, Parquet, and the meta file
 * last. Does nothing when the meta file says that they are already made of just this.
 *
 * There is a row for every bar from the first to the last that anything covers within the range. A row depends on what is
 * stored of the time before it, not on where the range begins: earlier liquidations fill its windows.
 *
 * The table is made in pieces of a month, or of as long as its windows reach. In memory are the events of two pieces and
 * the columns of two, whatever the range.
 * @throws `E_NO_LIQUIDATIONS` when nothing covers any of the range; `E_USAGE` for options that are not valid; `E_LAYER`,
 *   `E_IO`, `E_DISK_FULL`, what `publish` throws, with the old files untouched
 */
export async function settleLiquidations(request: SettleLiquidationsRequest): Promise<SettledLiquidations> {
  const job = await examine(request);
  const { paths, identity } = job;
  const existing = await readJson(paths.meta);
  const reason =
    existing === undefined ? 'new' : (whyStale(existing, identity) ?? (await whyLost(paths, existing)));
  if (reason === null) {
    const meta = existing as LiquidationMeta; // equal to the identity, and made by us as far as it was compared
    return { status: 'unchanged', reason, rows: meta.rows, paths, meta };
  }
  const meta = await writeLiquidations(job);
  return { status: 'written', reason, rows: meta.rows, paths, meta };
}
