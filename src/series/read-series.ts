import { TapemillError } from '../errors.js';
import { layerSeries } from './layer-series.js';
import type { Provided, Series, SeriesColumn, SeriesProvider, SeriesRequest } from './request.js';
import { isOfLiquidations, liquidationSeries, sourceSeries } from './source-series.js';
import { tableSeries } from './table-series.js';

/** The first that has a column gives it. */
const PROVIDERS: readonly SeriesProvider[] = [layerSeries, ...sourceSeries, tableSeries];

/** Every column that can be read for a symbol, a name once. Factors of users are not in it, though they can be read. */
export function listSeriesColumns(): SeriesColumn[] {
  const columns = new Map<string, SeriesColumn>();
  for (const provider of PROVIDERS) {
    for (const column of provider.columns) {
      // Names that depend on a window are patterns; no column has them.
      if (!columns.has(column.name) && !column.name.includes('{')) columns.set(column.name, column);
    }
  }
  return [...columns.values()];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Columns of one symbol for looking at: bars and order flow from the minute layer, what surrounds the ticks from its own
 * files, everything else from the wide table.
 *
 * @throws `E_USAGE` for a name that no column can have, `E_LAYER` for a damaged file, `E_IO`
 */
export async function readSeries(request: SeriesRequest): Promise<Series> {
  const parts: (Provided & { readonly names: readonly string[] })[] = [];
  const names = [...new Set(request.columns)];
  const of = new Map<SeriesProvider, string[]>();
  for (const name of names) {
    if (!NAME.test(name)) {
      throw new TapemillError('E_USAGE', `expected the name of a column, found "${name}"`, { found: name });
    }
    const has = (provider: SeriesProvider): boolean =>
      provider.columns.some((column) => column.name === name);
    // What nobody declares may be a factor of the user's.
    const provider = PROVIDERS.find(has) ?? (isOfLiquidations(name) ? liquidationSeries : tableSeries);
    of.set(provider, [...(of.get(provider) ?? []), name]);
  }
  for (const [provider, wanted] of of) {
    request.signal?.throwIfAborted();
    parts.push({ ...(await provider.read(request, wanted)), names: wanted });
  }
  return onOneGrid(request, parts);
}

function onOneGrid(
  { frequency }: SeriesRequest,
  parts: readonly (Provided & { readonly names: readonly string[] })[],
): Series {
  let first = Infinity;
  let last = -Infinity;
  for (const part of parts) {
    if ('why' in part) continue;
    first = Math.min(first, part.minute[0] ?? Infinity);
    last = Math.max(last, part.minute.at(-1) ?? -Infinity);
  }
  const length = last < first ? 0 : (last - first) / frequency.lengthMs + 1;
  const columns: Record<string, Float64Array> = {};
  const missing: Record<string, string> = {};
  for (const part of parts) {
    for (const name of part.names) {
      const column = (columns[name] = new Float64Array(length).fill(NaN));
      if ('why' in part) {
        missing[name] = part.why;
        continue;
      }
      const values = part.columns[name];
      if (values === undefined) missing[name] = `there is no column ${name}`;
      else if (values.every(Number.isNaN)) missing[name] = `${name} is null all over the range`;
      values?.forEach((value, row) => (column[(part.minute[row]! - first) / frequency.lengthMs] = value));
    }
  }
  const minute = Float64Array.from({ length }, (_, bar) => first + bar * frequency.lengthMs);
  return { frequency, minute, columns, missing };
}
