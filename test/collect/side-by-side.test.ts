import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from './collecting.js';

it('collections of one process may run at the same time, on one queue', async () => {
  const symbols = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
  const { outDir } = await archiveOf('2024-01-30', '2024-02-02', { symbols, monthly: false });
  const dataDir = join(temporaryFolder(), 'data');
  const runs = await Promise.all(
    symbols.map((symbol) => collectRun({ archive: outDir, dataDir, symbols: [symbol], workers: 0 })),
  );
  for (const { summary } of runs) {
    expect(summary).toMatchObject({ exitStatus: EXIT.done, monthsBuilt: 2, objectsMilled: 4 });
  }
  // Each has workers of its own: what ends one of them is no concern of the others.
  const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
  expect(ledger.roster.all()).toHaveLength(3);
  ledger.close();
});
