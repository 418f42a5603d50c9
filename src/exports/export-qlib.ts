import { TapemillError } from '../errors.js';
import type { EpochMs } from '../time/index.js';
import type { ExportJob } from './export.js';
import { longestHorizon } from './labels.js';
import {
  isQlibField,
  qlibBin,
  qlibCalendar,
  qlibFileNames,
  qlibFolder,
  qlibFrequency,
  qlibTime,
} from './qlib.js';
import { NOT_VALID, purgedFrom } from './split.js';
import { type SymbolRows, gather, readFeatures, readSymbolRows, runsOf } from './symbol-rows.js';
import { type Tally, countRows } from './tally.js';
import { WideFile } from './wide-file.js';

/** What the manifest says to those who load the folder into qlib. */
export interface QlibFacts {
  readonly freq: string;
  readonly calendar: { readonly first: string; readonly last: string; readonly bars: number };
  /** Both ends inclusive, as `DatasetH` takes them; purged rows are in none of them. */
  readonly segments: Readonly<Record<string, readonly [first: string, last: string]>>;
  readonly columns_left_out: readonly string[];
}

/** Values of columns that are held at once. */
const CELLS_AT_ONCE = 8_000_000;

/**
 * Rows that are left out are NaN and in no line of `instruments/all.txt`. Purged rows stay, because expressions of later
 * bars look back at them; their labels are NaN, and no segment has them.
 */
export async function writeQlib(job: ExportJob, tally: Tally): Promise<QlibFacts> {
  const { table, folder, plan } = job;
  const { frequency } = plan;
  const fields = job.features.filter(isQlibField);
  const names = qlibFileNames([...fields, ...plan.labels], frequency);
  const folders = table.symbols.map(({ symbol }) => qlibFolder(symbol));
  const starts = table.symbols.flatMap(({ firstMs }) => (firstMs === null ? [] : [firstMs]));
  const ends = table.symbols.flatMap(({ lastMs }) => (lastMs === null ? [] : [lastMs]));
  const [firstMs, lastMs] = [Math.min(...starts), Math.max(...ends)];
  if (starts.length === 0) throw new TapemillError('E_NO_DATASET', 'the wide table has no rows');
  const freq = qlibFrequency(frequency);
  await folder.write(`calendars/${freq}.txt`, Buffer.from(qlibCalendar(firstMs, lastMs, frequency)));

  const instruments: string[] = [];
  for (const [done, { symbol, path, rows: rowsThere }] of table.symbols.entries()) {
    const file = await WideFile.open(path);
    try {
      const rows = await readSymbolRows(file, plan);
      countRows(tally, rows, plan);
      const kept = keptRows(rows);
      if (kept.length > 0) {
        instruments.push(...instrumentLines(symbol, rows, job));
        const index = kept.map((row) => (rows.minute[row]! - firstMs) / frequency.lengthMs);
        const put = (field: number, values: Float64Array): Promise<void> =>
          folder.write(`features/${folders[done]!}/${names[field]!}`, qlibBin(index, values));
        const batch = Math.max(1, Math.floor(CELLS_AT_ONCE / rowsThere));
        for (let from = 0; from < fields.length; from += batch) {
          const part = fields.slice(from, from + batch);
          const columns = part.map(() => new Float64Array(rowsThere));
          for await (const group of readFeatures(file, part, plan, tally)) {
            group.columns.forEach((column, i) => {
              columns[i]!.set(column, group.from);
            });
          }
          for (const [i, column] of columns.entries()) await put(from + i, gather(column, kept));
        }
        for (const [i, label] of rows.labels.entries()) {
          const values = kept.map((row) => (purgedFrom(rows.fate[row]!) < 0 ? label[row]! : NaN));
          await put(fields.length + i, Float64Array.from(values));
        }
      }
    } finally {
      await file.close();
    }
    job.onProgress(done + 1);
  }
  await folder.write('instruments/all.txt', Buffer.from(instruments.join('')));
  return {
    freq,
    calendar: {
      first: qlibTime(firstMs, frequency),
      last: qlibTime(lastMs, frequency),
      bars: (lastMs - firstMs) / frequency.lengthMs + 1,
    },
    segments: segmentsOf(job, firstMs, lastMs),
    columns_left_out: job.features.filter((column) => !isQlibField(column)).map(({ name }) => name),
  };
}

function keptRows({ fate }: SymbolRows): number[] {
  return Array.from(fate.keys()).filter((row) => fate[row] !== NOT_VALID);
}

/** One line for each run of rows, so that qlib's rows are those of the table and no others. */
function instrumentLines(symbol: string, { minute, fate }: SymbolRows, { plan }: ExportJob): string[] {
  const { frequency } = plan;
  return runsOf(minute, (row) => fate[row] !== NOT_VALID, frequency.lengthMs).map(
    ([first, last]) =>
      `${symbol}\t${qlibTime(minute[first]!, frequency)}\t${qlibTime(minute[last]!, frequency)}\n`,
  );
}

function segmentsOf({ plan }: ExportJob, firstMs: EpochMs, lastMs: EpochMs): QlibFacts['segments'] {
  const { split, labels, frequency } = plan;
  if (!split) return {};
  const { names, boundaries } = split;
  const horizon = longestHorizon(labels);
  const segments = names.map((name, part) => {
    const from = Math.max(boundaries[part - 1] ?? firstMs, firstMs);
    const next = boundaries[part];
    const to = next === undefined ? lastMs : Math.min(lastMs, next - horizon - frequency.lengthMs);
    return [name, from, to] as const;
  });
  return Object.fromEntries(
    segments
      .filter(([, from, to]) => from <= to)
      .map(([name, from, to]) => [name, [qlibTime(from, frequency), qlibTime(to, frequency)]]),
  );
}
