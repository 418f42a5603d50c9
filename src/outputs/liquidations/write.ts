import type { FactorTable } from '../../factors/index.js';
import { describeLiquidationColumn } from '../../factors/index.js';
import type { AtomicFile } from '../../layer/index.js';
import type { ParquetField } from '../../parquet/index.js';
import { formatIso, formatUtcSeconds } from '../../time/index.js';
import { csvHeader, csvRows } from '../csv.js';
import { FactorParquet } from '../factor-parquet.js';
import { type TableFacts, writeTableFiles } from '../table-files.js';
import type { LiquidationJob } from './job.js';
import type { LiquidationMeta } from './meta.js';
import { ORIGINS, type Origin } from './origins.js';
import { firstDay, piecesOf, reachMs } from './plan.js';
import { readEvents } from './read-events.js';
import { makePiece, sliceTable } from './tables.js';
import { readTraded } from './traded.js';

/** Makes the table piece by piece, writes its three files and puts them in their places. */
export async function writeLiquidations(job: LiquidationJob): Promise<LiquidationMeta> {
  const { paths, request, parameters, startMs, endMs } = job;
  const { frequency } = request;
  return writeTableFiles(paths, request.publish, async (csv, parquet) => {
    const counts = new Counts();
    const reach = reachMs(parameters, frequency);
    let encoder: FactorParquet | undefined;
    for (const piece of piecesOf({ startMs, endMs }, reach)) {
      const fromMs = firstDay(piece.startMs, reach);
      const read = await readEvents(job.events, job.choice, { ...piece, startMs: fromMs }, piece.startMs);
      const traded = await readTraded(job.traded, piece);
      const { coverage } = job.choice;
      const table = makePiece(
        { events: read.events, coverage, traded, fromMs, ...piece },
        parameters,
        frequency,
      );
      if (!encoder) {
        encoder = new FactorParquet(keyValuesOf(job), fieldsOf(table.names));
        await csv.write(Buffer.from(csvHeader(table.names)));
      }
      await writeCsv(csv, table);
      await parquet.write(encoder.append(table));
      counts.add(table, read.taken, read.setAside);
      request.onProgress?.((piece.endMs - startMs) / (endMs - startMs));
    }
    if (encoder) await parquet.write(encoder.finish());
    return (files) => describe(job, counts, files);
  });
}

/** Rows that are printed at once: of the widest tables some tens of MB. */
const CSV_CELLS = 1_000_000;

async function writeCsv(csv: AtomicFile, table: FactorTable): Promise<void> {
  const step = Math.ceil(CSV_CELLS / table.names.length);
  for (let row = 0; row < table.length; row += step) {
    await csv.write(Buffer.from(csvRows(sliceTable(table, row, Math.min(row + step, table.length)))));
  }
}

function fieldsOf(names: readonly string[]): ParquetField[] {
  const columns = names.map((name): ParquetField => {
    const factor = describeLiquidationColumn(name);
    if (!factor) throw new RangeError(`the column ${name} is not in the registry`);
    return { name, type: factor.type, nullable: factor.whenEmpty !== null };
  });
  return [{ name: 'minute', type: 'timestamp_ms', nullable: false }, ...columns];
}

function keyValuesOf({ identity, request }: LiquidationJob): [string, string][] {
  return [
    ['tapemill.liquidation_schema_version', String(identity.schema_version)],
    ['tapemill.liquidation_formulas_version', String(identity.formulas_version)],
    ['tapemill.market', identity.market],
    ['tapemill.symbol', identity.symbol],
    ['tapemill.frequency', request.frequency.label],
    ['tapemill.parameters', JSON.stringify(identity.parameters)],
  ];
}

/** Sums over the pieces, for the meta file. */
class Counts {
  rows = 0;
  covered = 0;
  lowerBound = 0;
  setAside = 0;
  readonly taken = new Map<Origin, number>();

  add(table: FactorTable, taken: Readonly<Partial<Record<Origin, number>>>, setAside: number): void {
    this.rows += table.length;
    for (const flag of table.columns['liquidation_covered']!) this.covered += flag;
    for (const flag of table.columns['liquidation_lower_bound']!) this.lowerBound += flag === 1 ? 1 : 0;
    for (const origin of ORIGINS) {
      const count = (this.taken.get(origin) ?? 0) + (taken[origin] ?? 0);
      if (count > 0) this.taken.set(origin, count);
    }
    this.setAside += setAside;
  }
}

function describe(
  { identity, request, startMs, endMs }: LiquidationJob,
  counts: Counts,
  files: TableFacts,
): LiquidationMeta {
  return {
    status: identity.missing_periods.length > 0 ? 'partial' : 'ok',
    symbol: identity.symbol,
    data_type: 'liquidations',
    market: identity.market,
    interval: identity.interval,
    requested_start: identity.requested_start,
    requested_end: identity.requested_end,
    min_ts: formatUtcSeconds(startMs),
    max_ts: formatUtcSeconds(endMs - request.frequency.lengthMs),
    rows: counts.rows,
    created_at_utc: request.createdAtUtc ?? formatIso(Date.now()),
    missing_periods: identity.missing_periods,
    sources: identity.sources,
    parameters: identity.parameters,
    covered_rows: counts.covered,
    lower_bound_rows: counts.lowerBound,
    events: { taken: Object.fromEntries(counts.taken), set_aside: counts.setAside },
    traded_days: identity.traded_days,
    traded_sha256: identity.traded_sha256,
    formulas_version: identity.formulas_version,
    schema_version: identity.schema_version,
    tapemill_version: request.tapemillVersion,
    files,
  };
}
