import { encodeParquet } from '../parquet/index.js';
import type { MinuteBars } from '../ticks/minute-bars.js';
import { type Publish, atomicWriteFile } from './atomic.js';
import type { LayerFacts } from './facts.js';
import { factsToKeyValues } from './footer.js';
import { layerColumns } from './schema.js';

/** A month file in memory: one row group sorted by minute, the facts in its footer. Equal input, equal bytes. */
export function encodeMonth(bars: MinuteBars, facts: LayerFacts): Uint8Array {
  return encodeParquet(layerColumns(bars), factsToKeyValues(facts));
}

/** Puts the month in its place, whole or not at all; returns its bytes. @throws `E_DISK_FULL`, `E_IO` */
export async function writeMonth(
  path: string,
  bars: MinuteBars,
  facts: LayerFacts,
  publish?: Publish,
): Promise<number> {
  const bytes = encodeMonth(bars, facts);
  await atomicWriteFile(path, bytes, publish);
  return bytes.length;
}
