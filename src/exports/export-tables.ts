import type { ExportJob } from './export.js';
import { gather, readFeatures, readSymbolRows } from './symbol-rows.js';
import { type SinkColumn, type TableFormat, type TableSink, openTableSink } from './table-sink.js';
import { type Tally, countRows } from './tally.js';
import { WideFile } from './wide-file.js';

/** Labels come after the features, in every format. */
export function sinkColumns({ features, plan }: ExportJob): SinkColumn[] {
  const labels = plan.labels.map(({ name }) => ({ name, type: 'double' as const, nullable: true }));
  return [...features.map(({ name, type, nullable }) => ({ name, type, nullable })), ...labels];
}

/** `train`, `valid`, `test`, or `data` without a split: one file each, symbol by symbol, each symbol's rows in time. */
export async function writeTables(job: ExportJob, format: TableFormat, tally: Tally): Promise<void> {
  const columns = sinkColumns(job);
  const sinks: TableSink[] = [];
  for (const { name } of tally.parts) sinks.push(await openTableSink(job.folder, name, format, columns));
  for (const [done, { symbol, path }] of job.table.symbols.entries()) {
    const file = await WideFile.open(path);
    try {
      await writeSymbol(job, symbol, file, sinks, tally);
    } finally {
      await file.close();
    }
    job.onProgress(done + 1);
  }
  for (const sink of sinks) await sink.finish();
}

async function writeSymbol(
  { plan, features }: ExportJob,
  symbol: string,
  file: WideFile,
  sinks: readonly TableSink[],
  tally: Tally,
): Promise<void> {
  const rows = await readSymbolRows(file, plan);
  countRows(tally, rows, plan);
  for await (const { from, length, columns } of readFeatures(file, features, plan, tally)) {
    for (const [part, sink] of sinks.entries()) {
      const chosen = Array.from({ length }, (_, i) => from + i).filter((row) => rows.fate[row] === part);
      if (chosen.length === 0) continue;
      await sink.add(symbol, gather(rows.minute, chosen), [
        ...columns.map((column) => gather(column, chosen, from)),
        ...rows.labels.map((label) => gather(label, chosen)),
      ]);
    }
  }
}
