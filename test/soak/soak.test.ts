import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { type Mirror, parseFault, startMirror } from '../../src/mirror/index.js';
import type { SimulationReport } from '../../src/simulator/index.js';
import type { RowAccount } from '../../src/ticks/index.js';
import { filesBelow, snapshot, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { downloads, soak } from './soak.js';

/** `npm run soak` runs more seeds, longer. */
const SEEDS = Number(process.env['SOAK_SEEDS'] ?? 1);
const KILLS = Number(process.env['SOAK_KILLS'] ?? 8);
const FIRST_SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 1e6);

const SYMBOLS = Array.from('ABCDEFGHIJ', (letter) => `${letter.repeat(3)}USDT`);
const RANGE = ['2024-01-20', '2024-02-10'] as const;

const FAULTS = [
  'truncate:*.zip:15%',
  'reset:*.zip:10%',
  'hang-up:5%',
  'stall=600:*.zip:4%',
  'throttle=30000:*.zip:15%',
  // A second wrong hash in a row would rightly be the end of it.
  'corrupt:*-2?.zip:1',
  'length-too-large:*.zip:4%',
  'length-too-small:*.zip:4%',
  'ignore-range:*.zip:30%',
  'change-etag:*.zip',
  'replace:*-0?.zip',
  '503:8%',
  '500:3%',
  '429=0:4%',
  'index-503:2',
  'index-truncated:1',
  'index-hang-up:1',
];

/** Files of the layer, the bars and their meta: what a collection is for. */
function outputs(dataDir: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(snapshot(dataDir)).filter(([path]) => path.startsWith('binance_aggTrades')),
  );
}

function failuresOf(dataDir: string): unknown[] {
  const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
  try {
    return SYMBOLS.flatMap((symbol) => ledger.queue.tasksOf(`um/aggTrades/${symbol}`)).filter(
      ({ state }) => state !== 'done',
    );
  } finally {
    ledger.close();
  }
}

describe('a night of faults and kills', () => {
  let archive: SimulationReport;
  let mirror: Mirror;
  let undisturbed: Record<string, string>;

  beforeAll(async () => {
    archive = await archiveOf(...RANGE, { symbols: SYMBOLS, ticksPerMonth: 3000, monthly: false });
    const dataDir = join(temporaryFolder(), 'data');
    await collectRun({ archive: archive.outDir, dataDir, symbols: SYMBOLS, workers: 1 }, RANGE);
    undisturbed = outputs(dataDir);
    mirror = await startMirror({ root: archive.outDir });
  });
  afterAll(() => mirror.close());

  const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i);
  it.each(seeds)(
    'ends with every object milled once and the bytes of an undisturbed run (SOAK_SEED=%i)',
    async (seed) => {
      console.log(`SOAK_SEED=${seed}`);
      mirror.setFaults(FAULTS.map(parseFault));
      const dataDir = join(temporaryFolder(), 'data');
      const request = { archive: mirror.url, dataDir, symbols: SYMBOLS, range: RANGE, workers: 4 };
      const { kills, status, stderr } = await soak(request, { seed, kills: KILLS, pauseMs: [200, 1500] });
      console.log(`killed ${kills.workers} workers and ${kills.owners} owners`);
      expect({ status, stderr, failures: failuresOf(dataDir) }).toEqual({
        status: 0,
        stderr: '',
        failures: [],
      });
      expect(outputs(dataDir)).toEqual(undisturbed);
      expect(filesBelow(downloads(dataDir))).toEqual([]);
      const temporary = filesBelow(dataDir).filter((path) => path.endsWith('.tmp'));
      // What killed processes leave of the limits' state is a few bytes, and goes with `_tmp`.
      expect(temporary.filter((path) => !path.startsWith('_tmp/limits/'))).toEqual([]);

      const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
      try {
        const objects = SYMBOLS.flatMap((symbol) => ledger.objects.ofSymbol('um', 'aggTrades', symbol));
        expect(objects.length).toBeGreaterThanOrEqual(200);
        const tree = filesBelow(archive.outDir).filter((path) => path.endsWith('.zip'));
        expect(objects.map(({ key }) => key).sort()).toEqual(tree);
        for (const object of objects) {
          expect(object).toMatchObject({ revision: 1, statedSha256: object.sha256 });
          expect(object.sha256).toMatch(/^[0-9a-f]{64}$/);
        }
        const rows = objects.reduce((sum, { account }) => sum + (account as RowAccount).accepted, 0);
        expect(rows).toBe(archive.ticks);
        for (const symbol of SYMBOLS) {
          const tasks = ledger.queue.tasksOf(`um/aggTrades/${symbol}`);
          expect(tasks.map(({ key, state }) => [key.split('/').at(-1), state])).toEqual([
            ['2024-01', 'done'],
            ['2024-02', 'done'],
            ['bars', 'done'],
          ]);
          for (const { key } of tasks) {
            const ends = ledger.queue.historyOf(key).filter(({ type }) => type === 'task-done');
            expect(ends.length, key).toBeLessThanOrEqual(1);
          }
        }
      } finally {
        ledger.close();
      }
    },
    240_000,
  );
});
