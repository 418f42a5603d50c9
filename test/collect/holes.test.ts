import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { snapshot, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun, eventsOf } from './collecting.js';

const FOLDER = 'data/futures/um';
let archive = '';
beforeAll(async () => {
  const simulated = await archiveOf('2024-01-10', '2024-05-20', {
    symbols: ['AAAUSDT', 'BBBUSDT'],
    ticksPerMonth: 400,
  });
  archive = simulated.outDir;
  // A whole month of one symbol, in both cadences.
  for (const cadence of ['daily', 'monthly']) {
    const folder = join(archive, FOLDER, cadence, 'aggTrades', 'BBBUSDT');
    for (const path of Object.keys(snapshot(folder)))
      if (path.includes('2024-03')) rmSync(join(folder, path));
  }
});

describe('what the archive does not have', () => {
  it('is no hole before the first and after the last object', async () => {
    const run = await collectRun({ archive, dataDir: temporaryFolder(), symbols: ['AAAUSDT'] }, [
      '2023-12',
      '2024-06',
    ]);
    const [settled] = eventsOf(run, 'symbol-settled');
    expect(run.summary.exitStatus).toBe(0);
    expect(settled?.dataStatus).toBe('ok');
    expect(settled?.missingPeriods.map(({ period, reason }) => `${period} ${reason}`)).toEqual([
      '2023-12 before listing',
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `2024-01-0${day} before listing`),
      ...Array.from({ length: 11 }, (_, i) => `2024-05-${21 + i} after delisting`),
      '2024-06 after delisting',
    ]);
    // Edges from daily objects, whole months from monthly ones.
    expect(run.milled.filter((key) => key.includes('/monthly/')).map((key) => key.slice(-11, -4))).toEqual([
      '2024-02',
      '2024-03',
      '2024-04',
    ]);
    expect(run.summary.objectsMilled).toBe(22 + 3 + 20);
  });

  it('is a hole when a month in the middle is not there', async () => {
    const dataDir = temporaryFolder();
    const run = await collectRun({ archive, dataDir, symbols: ['BBBUSDT'] });
    expect(run.summary).toMatchObject({
      exitStatus: 3,
      symbolsPartial: 1,
      symbolsFailed: 0,
      objectsFailed: 0,
    });
    expect(eventsOf(run, 'symbol-settled')[0]).toMatchObject({
      dataStatus: 'partial',
      missingPeriods: [{ period: '2024-03', reason: 'not listed' }],
    });
    // Finding it again does not cost anything, and is told again.
    const before = snapshot(dataDir);
    const again = await collectRun({ archive, dataDir, symbols: ['BBBUSDT'] });
    expect(again.summary).toMatchObject({ exitStatus: 3, objectsMilled: 0 });
    expect(snapshot(dataDir)).toEqual(before);
  });
});
