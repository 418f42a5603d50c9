import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { importTardis } from '../../src/imports/index.js';
import { monthPath, writeMonth } from '../../src/layer/index.js';
import {
  type SettleLiquidationsRequest,
  type SettledLiquidations,
  settleLiquidations,
} from '../../src/outputs/liquidations/index.js';
import {
  type ObjectRequest,
  sourceMonthPath,
  sourceObjectFacts,
  sourceSeries,
  writeSourceMonth,
} from '../../src/sources/index.js';
import { allocateMinuteBars } from '../../src/ticks/minute-bars.js';
import { parseFrequency } from '../../src/time/index.js';
import {
  type Event,
  LIQUIDATION_HEADER,
  SYMBOL,
  csv,
  eventLine,
  newFolder,
  put,
  tardisName,
} from '../imports/fixture.js';
import { sampleFacts, sampleSource } from '../layer/sample.js';
import { factsOf, partOf } from '../sources/fixture.js';

export interface DayFile {
  readonly day: string;
  readonly events: readonly Event[];
}

/** Imports Tardis files of some days into a data folder. */
export async function importDays(
  dataDir: string,
  days: readonly DayFile[],
  symbol = SYMBOL,
  exchange = 'binance-futures',
): Promise<void> {
  const path = newFolder();
  for (const { day, events } of days) {
    const lines = events.map((event) => eventLine(event, symbol, exchange));
    const name = tardisName('liquidations', day, symbol, exchange);
    put(path, name, gzipSync(csv(LIQUIDATION_HEADER, lines)));
  }
  const { failures, imports } = await importTardis('liquidations', {
    path,
    dataDir,
    range: null,
    symbols: null,
  });
  const errors = [...failures, ...imports.flatMap((one) => one.failures)].map(({ error }) => error);
  if (errors.length > 0) throw errors[0]!;
}

export const settle = (
  dataDir: string,
  own: Partial<SettleLiquidationsRequest> & { freq?: string } = {},
): Promise<SettledLiquidations> =>
  settleLiquidations({
    dataDir,
    market: 'um',
    symbol: SYMBOL,
    frequency: parseFrequency(own.freq ?? '1h'),
    range: null,
    tapemillVersion: '0.1.0',
    createdAtUtc: '2026-05-01T00:00:00.000Z',
    ...own,
  });

/** Rows of a CSV by their first cell, `null` for an empty cell. */
export function readCsv(path: string): Map<string, Record<string, number | null>> {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  return new Map(
    lines.map((line) => {
      const cells = line.split(',');
      if (cells.length !== names.length) throw new Error(`${cells.length} cells: ${line}`);
      const row = names.map((name, i) => [name, cells[i] === '' ? null : Number(cells[i])] as const);
      return [cells[0]!, Object.fromEntries(row.slice(1))];
    }),
  );
}

/** A month of the minute layer that covers `days` and has a bar a listed minute. */
export async function putLayer(
  dataDir: string,
  days: readonly string[],
  minutes: readonly { at: string; close: number; volume: number }[],
  symbol = SYMBOL,
): Promise<void> {
  const bars = allocateMinuteBars(minutes.length);
  minutes.forEach(({ at, close, volume }, row) => {
    const { columns } = bars;
    columns.minute[row] = Date.parse(`${at.replace(' ', 'T')}Z`);
    columns.price_last[row] = close;
    columns.quote_volume[row] = volume;
  });
  const period = days[0]!.slice(0, 7);
  const facts = sampleFacts({ symbol, period, sources: days.map((day) => sampleSource(day)) });
  await writeMonth(monthPath(dataDir, 'um', symbol, period), bars, facts);
}

/** A month of a source made of one object. */
export async function putSource(
  dataDir: string,
  request: ObjectRequest & { period: string },
  lines: readonly string[],
): Promise<void> {
  const part = await partOf(newFolder(), request, ...lines);
  const path = sourceMonthPath(dataDir, sourceSeries(request), request.period.slice(0, 7));
  await writeSourceMonth(path, part.table, factsOf(request, { sources: [sourceObjectFacts(part)] }));
}
