import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import { type MonthTask, buildMonth } from '../../src/collect/month-task.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, layerMonth } from './collecting.js';

it('loses no more than the day when an object cannot be read, as one that is gone since it was listed', async () => {
  const { outDir } = await archiveOf('2024-01-01', '2024-01-02', { symbols: ['AAAUSDT'], monthly: false });
  const objects = await new LocalArchive(outDir).list({
    market: 'um',
    dataType: 'aggTrades',
    symbol: 'AAAUSDT',
  });
  const [first, second] = objects as [(typeof objects)[0], (typeof objects)[0]];
  const dataDir = join(temporaryFolder(), 'data');
  const task: MonthTask = {
    type: 'month',
    archive: outDir,
    archiveOptions: { dataDir },
    dataDir,
    market: 'um',
    symbol: 'AAAUSDT',
    month: '2024-01',
    thresholds: DEFAULT_THRESHOLDS,
    objects: [first, { ...second, key: second.key.replace('-02.zip', '-03.zip') }],
    keepDays: [],
    staleDays: [],
    alternates: [],
    fallBackToDays: false,
    missingPeriods: [],
    reason: 'for a test',
    prefer: null,
    keepZip: false,
    tapemillVersion: '0.0.0',
  };
  const { written, failed } = await buildMonth(task, () => undefined, new AbortController().signal);
  expect(written).toBe(true);
  expect(failed).toMatchObject([{ period: '2024-01-02', reason: 'failed' }]);
  expect(failed[0]?.detail).toMatch(/^E_IO: .*ENOENT/);
  expect((await layerMonth(dataDir, 'AAAUSDT', '2024-01')).facts.missingPeriods).toEqual(failed);
});
