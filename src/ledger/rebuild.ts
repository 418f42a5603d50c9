import { TapemillError } from '../errors.js';
import { findLayerFacts, listMonths, listSymbols } from '../layer/index.js';
import { MARKETS } from '../market/index.js';
import type { Ledger } from './ledger.js';

export interface RebuiltLedger {
  readonly symbols: number;
  readonly months: number;
  readonly objects: number;
  /** Month files that cannot be read; collecting makes them anew. */
  readonly damaged: readonly string[];
}

/**
 * Fills a ledger with what the footers of the minute layer know: every object that went into it, with its hashes and
 * row account. ETags and times of change are not in footers; the next collection learns them. What the ledger knows
 * better already stays.
 */
export async function rebuildLedger(ledger: Ledger, dataDir: string): Promise<RebuiltLedger> {
  let [symbols, months, objects] = [0, 0, 0];
  const damaged: string[] = [];
  for (const market of MARKETS) {
    for (const symbol of await listSymbols(dataDir, market)) {
      symbols++;
      for (const { path } of await listMonths(dataDir, market, symbol)) {
        const facts = await findLayerFacts(path).catch((error: unknown) => {
          if (!TapemillError.is(error) || error.code !== 'E_LAYER') throw error;
          damaged.push(path);
          return null;
        });
        if (facts === null) continue;
        months++;
        ledger.transaction(() => {
          for (const source of facts.sources) {
            if (ledger.objects.find(source.key)?.sha256 === source.sha256) continue;
            ledger.objects.record(source, null, null);
            objects++;
          }
        });
      }
    }
  }
  return { symbols, months, objects, damaged };
}
