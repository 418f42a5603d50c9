import { access } from 'node:fs/promises';
import { Ledger, rebuildLedger } from '../ledger/index.js';

/** Opens the ledger of a data folder; one that is not there (any more) is made anew from the layer's footers. */
export async function openLedger(path: string, dataDir: string): Promise<Ledger> {
  const isNew = await access(path).then(
    () => false,
    () => true,
  );
  const ledger = Ledger.open(path);
  try {
    if (isNew) await rebuildLedger(ledger, dataDir);
    return ledger;
  } catch (error) {
    ledger.close();
    throw error;
  }
}
