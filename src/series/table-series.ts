import { open } from 'node:fs/promises';
import { WIDE_FAMILIES, listWideColumns } from '../dataset/index.js';
import { fromSystemError, isSystemError } from '../errors.js';
import { damaged } from '../layer/index.js';
import { concatColumns, decodeChunks, decodeFooter, fieldsOf, footerBytes } from '../parquet/index.js';
import { datasetPaths, symbolPaths } from '../wide-table/paths.js';
import type { Provided, SeriesColumn, SeriesProvider, SeriesRequest } from './request.js';

/** What a footer of some hundred columns takes; a longer one costs a second read. */
const TAIL_BYTES = 256 * 1024;

const FLOWS = new Set(['volume', 'quote_volume', 'oi_delta', 'oi_delta_usd']);

/** Columns of the wide table, as far as it is built: everything that no other provider has, factors of users included. */
export const tableSeries: SeriesProvider = {
  columns: listWideColumns()
    .filter(({ type }) => type !== 'timestamp_ms')
    .sort((a, b) => WIDE_FAMILIES.indexOf(a.family) - WIDE_FAMILIES.indexOf(b.family))
    .map(({ name, family, unit, formula, whenNull, source }): SeriesColumn => ({
      name,
      family,
      unit,
      formula,
      whenNull,
      source,
      isFlow: FLOWS.has(name) || /^at_.*cvd_(quote|qty)$/.test(name),
    })),
  async read(request, names): Promise<Provided> {
    const { dataDir, market, symbol, frequency } = request;
    const { parquet: path } = symbolPaths(datasetPaths(dataDir, market, frequency.label), symbol);
    const table = await readColumns(path, names);
    if (table === null) {
      return { why: `there is no wide table of ${symbol} at ${frequency.label}: tapemill dataset build` };
    }
    return inSpan(table, request);
  },
};

type Table = Exclude<Provided, { why: string }>;

/** The columns that the file has of those asked for; null when there is no file. @throws `E_LAYER`, `E_IO` */
async function readColumns(path: string, names: readonly string[]): Promise<Table | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw fromSystemError(error, 'reading', path);
  });
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const read = async (start: number, end: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    };
    let tail = await read(Math.max(0, size - TAIL_BYTES), size);
    const needed = damaged(path, () => footerBytes(tail.subarray(-8)));
    if (needed > tail.length && needed <= size) tail = await read(size - needed, size);
    const footer = damaged(path, () => decodeFooter(tail));
    const wanted = ['datetime', ...names];
    const fields = fieldsOf(footer)
      .filter(({ name }) => wanted.includes(name))
      .sort((a, b) => wanted.indexOf(a.name) - wanted.indexOf(b.name));
    const groups: Float64Array[][] = [];
    for (const group of footer.row_groups) groups.push(await decodeChunks(read, group, fields));
    const [minute, ...columns] = fields.map((_, index) =>
      concatColumns(groups.map((group) => group[index]!)),
    );
    return {
      minute: minute ?? new Float64Array(),
      columns: Object.fromEntries(columns.map((column, index) => [fields[index + 1]!.name, column])),
    };
  } catch (error) {
    return damaged(path, () => {
      throw fromSystemError(error, 'reading', path);
    });
  } finally {
    await file.close();
  }
}

function inSpan({ minute, columns }: Table, { span, frequency }: SeriesRequest): Provided {
  const from = minute.findIndex((start) => start + frequency.lengthMs > span.startMs);
  const to = minute.findLastIndex((start) => start < span.endMs) + 1;
  if (from < 0 || to <= from) return { why: 'the wide table has no row in the range' };
  return {
    minute: minute.subarray(from, to),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, column.subarray(from, to)]),
    ),
  };
}
