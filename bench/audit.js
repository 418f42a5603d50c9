/**
 * What auditing costs beside milling: audit seconds / collect seconds on the same data, the first audit (klines are
 * read from the archive) and a further one (they are kept).
 *
 *   node bench/audit.js [--ticks 2000000] [--archive folder --symbols A,B]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalArchive } from '../dist/archive/index.js';
import { audit } from '../dist/audit/index.js';
import { collect } from '../dist/collect/index.js';
import { simulateArchive } from '../dist/simulator/index.js';
import { DEFAULT_THRESHOLDS } from '../dist/ticks/index.js';
import { parseRange } from '../dist/time/index.js';

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '2000000' },
    archive: { type: 'string' },
    symbols: { type: 'string', default: 'SIMAUSDT,SIMBUSDT' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'tapemill-audit-bench-'));
try {
  const symbols = values.symbols.split(',');
  const archive = values.archive ?? join(folder, 'archive');
  if (values.archive === undefined) {
    await simulateArchive({
      outDir: archive,
      symbols,
      range: parseRange('2024-01', '2024-01'),
      ticksPerMonth: Number(values.ticks),
      seed: 1,
      sources: ['aggTrades', 'klines'],
    });
  }
  const dataDir = join(folder, 'data');
  const milled = await collect({
    archive,
    dataDir,
    symbols,
    market: 'um',
    range: null,
    thresholds: DEFAULT_THRESHOLDS,
    workers: 2,
    keepZip: false,
    prefer: null,
  });
  const request = { dataDir, market: 'um', symbols, range: null, archive: new LocalArchive(archive) };
  const reports = [await audit(request), await audit(request), await audit(request)];
  const [first] = reports;
  if (first.totals.exact + 400 < first.totals.compared)
    throw new Error('the audit found differences it should not');
  const share = (seconds) => `${((100 * seconds) / milled.seconds).toFixed(1)} %`;
  console.log(
    `${milled.rows.toLocaleString('en-US')} rows milled in ${milled.seconds.toFixed(2)} s by 2 workers`,
  );
  console.log(
    `${first.totals.compared.toLocaleString('en-US')} minutes, ${first.totals.exact.toLocaleString('en-US')} exact`,
  );
  reports.forEach(({ seconds }, i) => {
    console.log(
      `audit ${i + 1}${i === 0 ? ' (klines read from the archive)' : ''}: ${seconds.toFixed(3)} s, ${share(seconds)} of milling`,
    );
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
