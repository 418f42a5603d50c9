import { readFile } from 'node:fs/promises';
import { fromSystemError, isSystemError } from '../errors.js';
import { decodeFooter, decodeRequiredColumns } from '../parquet/index.js';
import { MINUTE_COLUMNS, type MinuteBars, type MinuteColumn } from '../ticks/minute-bars.js';
import { MINUTE_MS, parsePeriod } from '../time/index.js';
import type { LayerFacts } from './facts.js';
import { factsFromKeyValues } from './footer.js';
import { damaged, readKeyValues } from './read-key-values.js';
import { LAYER_COLUMNS } from './schema.js';

/**
 * Facts of a month file, from its last bytes alone.
 * @throws `E_LAYER` when it is damaged or not ours, `E_IO` when it cannot be read
 */
export async function readLayerFacts(path: string): Promise<LayerFacts> {
  return factsFromKeyValues(await readKeyValues(path), path);
}

/** The same, but null when there is no such file. */
export async function findLayerFacts(path: string): Promise<LayerFacts | null> {
  try {
    return await readLayerFacts(path);
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}

export interface LayerMonth {
  readonly bars: MinuteBars;
  readonly facts: LayerFacts;
}

/**
 * Bars and facts of a month file. Every page is checked against its CRC-32, and the minutes against the month.
 * @throws `E_LAYER` when it is damaged or not ours, `E_IO` when it cannot be read
 */
export async function readMonth(path: string): Promise<LayerMonth> {
  const file = await readFile(path).catch((error: unknown) => {
    throw fromSystemError(error, 'reading', path);
  });
  return decodeMonth(file, path);
}

/** `path` is for the messages only. @throws `E_LAYER` */
export function decodeMonth(file: Uint8Array, path: string): LayerMonth {
  const footer = damaged(path, () => decodeFooter(file));
  const facts = factsFromKeyValues(footer.key_value_metadata ?? [], path);
  const bars = damaged(path, () => {
    const columns = decodeRequiredColumns(file, footer, LAYER_COLUMNS);
    const entries = MINUTE_COLUMNS.map((name): [MinuteColumn, Float64Array] => [name, columns.get(name)!]);
    const read: MinuteBars = {
      length: columns.get('minute')!.length,
      columns: Object.fromEntries(entries) as Record<MinuteColumn, Float64Array>,
    };
    checkMinutes(read, facts.period);
    return read;
  });
  return { bars, facts };
}

/** Whole minutes of the month, ascending, none twice. */
function checkMinutes(bars: MinuteBars, monthKey: string): void {
  const month = parsePeriod(monthKey);
  let previous = month.startMs - MINUTE_MS;
  for (const minute of bars.columns.minute) {
    if (minute <= previous || minute >= month.endMs || minute % MINUTE_MS !== 0) {
      throw new RangeError(`minute ${minute} after ${previous} is not one of ${monthKey} in order`);
    }
    previous = minute;
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && isSystemError(error.cause, 'ENOENT');
}
