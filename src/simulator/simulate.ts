import { availableParallelism } from 'node:os';
import { daysBetween, monthsBetween } from '../time/index.js';
import { DefectBook } from './defect-book.js';
import { ObjectDesk } from './object-desk.js';
import {
  normalizeRequest,
  type SimulatedObject,
  type SimulationReport,
  type SimulationRequest,
} from './request.js';
import { simulateMonth } from './simulate-month.js';
import { SymbolDesk } from './symbol-desk.js';
import { SymbolMarket } from './symbol-market.js';

/** Months in work at once; beside the one that formats, the thread pool deflates. More would only take memory. */
const MOST_AT_ONCE = 4;

/**
 * Writes a tree like the public archive's below `outDir`, over whatever has the same names there. The same request
 * gives the same bytes (of the ZIPs: with the same version of zlib), and a day is the same in whatever range and
 * among whatever symbols it is asked for. Memory is bounded, except that a day with edited rows is held as a whole.
 * @throws `E_USAGE` for what cannot be simulated, `E_IO` and `E_DISK_FULL`
 */
export async function simulateArchive(request: SimulationRequest): Promise<SimulationReport> {
  const simulation = normalizeRequest(request);
  const book = new DefectBook(simulation);
  const markets = simulation.symbols.map((symbol) => new SymbolMarket(simulation, symbol, book.life(symbol)));
  const months = monthsBetween(simulation.range.startMs, simulation.range.endMs);
  const jobs = markets.flatMap((market) => months.map((month) => ({ market, month })));
  const totalRows = markets.reduce((sum, market) => sum + rowsInRange(market, simulation.range), 0);

  const progress = { rows: 0, bytes: 0, objects: 0 };
  const desks = jobs.map(() => new ObjectDesk(simulation, book));
  await eachAtOnce(jobs, Math.min(MOST_AT_ONCE, availableParallelism()), async ({ market, month }, index) => {
    const desk = desks[index]!;
    let seen = 0;
    try {
      await simulateMonth(new SymbolDesk(simulation, market, book, desk), month, (day, ticks) => {
        progress.rows += ticks;
        for (; seen < desk.finished.length; seen++) {
          progress.bytes += desk.finished[seen]!.zipBytes;
          progress.objects++;
        }
        request.onProgress?.({ symbol: market.instrument.symbol, period: day.key, ...progress, totalRows });
      });
    } catch (error) {
      await desk.abort();
      throw error;
    }
  });

  const objects = desks.flatMap((desk) => desk.finished).sort(byKey);
  return {
    outDir: simulation.outDir,
    market: simulation.market,
    symbols: simulation.symbols,
    objects,
    planted: book.reports(),
    ticks: progress.rows,
    rows: objects.reduce((sum, object) => sum + object.rows, 0),
    bytes: objects.reduce((sum, object) => sum + object.zipBytes, 0),
  };
}

function rowsInRange(market: SymbolMarket, range: SimulationRequest['range']): number {
  return market.rowsOn(daysBetween(range.startMs, range.endMs));
}

function byKey(a: SimulatedObject, b: SimulatedObject): number {
  return a.key < b.key ? -1 : 1;
}

/** Runs the tasks in order, at most `atOnce` at a time. After the first failure no other is begun; it is thrown when all that run have ended. */
async function eachAtOnce<T>(
  tasks: readonly T[],
  atOnce: number,
  run: (task: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const failures: { readonly error: unknown }[] = [];
  const lane = async (): Promise<void> => {
    while (next < tasks.length && failures.length === 0) {
      const index = next++;
      try {
        await run(tasks[index]!, index);
      } catch (error) {
        failures.push({ error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tasks.length) }, lane));
  const [first] = failures;
  if (first) throw first.error;
}
