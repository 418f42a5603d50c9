import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalArchive } from '../../src/archive/index.js';
import { type AuditReport, type AuditRequest, type SymbolAudit, audit } from '../../src/audit/index.js';
import type { Market } from '../../src/market/index.js';
import {
  type SimulationReport,
  type SimulatedSource,
  parseDefect,
  simulateArchive,
} from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { collectRun } from '../collect/collecting.js';

/** Real objects, beside the project; tests that need them are left out where they are not. */
export const SHARED = fileURLToPath(new URL('../../../shared/archive', import.meta.url));
export const HAS_SHARED = existsSync(join(SHARED, 'data'));

export interface Simulated {
  readonly dataDir: string;
  readonly archive: string;
  readonly truth: SimulationReport;
}

/** A simulated archive with klines, collected. */
export async function simulated(own: {
  readonly symbols: readonly string[];
  readonly range: readonly [string, string];
  readonly defects?: readonly string[];
  readonly market?: Market;
  readonly ticksPerMonth?: number;
  readonly sources?: readonly SimulatedSource[];
}): Promise<Simulated> {
  const archive = join(temporaryFolder(), 'archive');
  const dataDir = temporaryFolder();
  const { symbols, market = 'um' } = own;
  const truth = await simulateArchive({
    outDir: archive,
    seed: 5,
    ticksPerMonth: own.ticksPerMonth ?? 60_000,
    sources: own.sources ?? ['aggTrades', 'klines'],
    ...{ symbols, market, range: parseRange(...own.range), defects: (own.defects ?? []).map(parseDefect) },
  });
  await collectRun({ archive, dataDir, symbols, market });
  return { dataDir, archive, truth };
}

export function audited(
  { dataDir, archive }: { readonly dataDir: string; readonly archive: string },
  symbols: readonly string[],
  own: Partial<Omit<AuditRequest, 'symbols'>> = {},
): Promise<AuditReport> {
  return audit({
    ...{ dataDir, symbols, market: 'um', range: null },
    archive: new LocalArchive(archive),
    ...own,
  });
}

export function symbolOf(report: AuditReport, symbol: string): SymbolAudit {
  return report.symbols.find((one) => one.symbol === symbol)!;
}

/** Classes that occur, with how often. */
export function classesOf({ totals }: Pick<SymbolAudit, 'totals'>): Record<string, number> {
  return Object.fromEntries(Object.entries(totals.off).filter(([, count]) => count > 0));
}
