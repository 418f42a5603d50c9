import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Market } from '../../src/market/index.js';
import type { SimulatedSource } from '../../src/simulator/index.js';
import { type DateRange, type Frequency, HOUR } from '../../src/time/index.js';
import {
  type BuildReport,
  type BuildRequest,
  type CheckReport,
  type CheckRequest,
  buildDataset,
  checkDataset,
} from '../../src/wide-table/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';

/** A data folder with simulated ticks, funding and metrics of some symbols. */
export async function collected(
  [start, end]: readonly [string, string],
  own: {
    readonly symbols: readonly string[];
    readonly market?: Market;
    readonly defects?: readonly string[];
    readonly ticksPerMonth?: number;
    readonly sources?: readonly SimulatedSource[];
    readonly dataTypes?: readonly ('aggTrades' | 'fundingRate' | 'metrics' | 'klines')[];
    readonly seed?: number;
  },
): Promise<string> {
  const { symbols, market = 'um', dataTypes = ['aggTrades', 'fundingRate', 'metrics'], ...more } = own;
  const archive = await archiveOf(start, end, {
    sources: dataTypes,
    ticksPerMonth: 20_000,
    ...more,
    market,
    symbols: [...symbols],
  });
  const dataDir = temporaryFolder();
  await collectRun({
    ...{ archive: archive.outDir, dataDir, symbols: [...symbols], market },
    dataTypes,
    ...(dataTypes.includes('klines') && { intervals: ['1m'] }),
  });
  return dataDir;
}

export function built(
  dataDir: string,
  symbols: readonly string[],
  own: Partial<BuildRequest> & { readonly range?: DateRange | null; readonly frequency?: Frequency } = {},
): Promise<BuildReport> {
  return buildDataset({
    ...{ dataDir, symbols, market: 'um', frequency: HOUR, range: null, families: null, factorPaths: [] },
    ...{ workers: 0, tapemillVersion: '0.0.0' },
    ...own,
  });
}

export function checked(dataDir: string, own: Partial<CheckRequest> = {}): Promise<CheckReport> {
  return checkDataset({
    ...{ dataDir, market: 'um', frequency: HOUR, symbols: null, cuts: 2, workers: 0 },
    ...own,
  });
}

/** A module of factors in a file of its own. */
export function factorFile(source: string): string {
  const folder = join(temporaryFolder(), 'factors');
  mkdirSync(folder);
  const path = join(folder, 'own.mjs');
  writeFileSync(path, source);
  return path;
}
