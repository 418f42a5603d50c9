import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LocalArchive, planSymbol } from '../../src/archive/index.js';
import { type MonthJob, buildMonth } from '../../src/collect/month-task.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { parseRange } from '../../src/time/index.js';
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
  const archive = new LocalArchive(outDir);
  const [plan] = planSymbol(objects, parseRange('2024-01-01', '2024-01-02')).months;
  const job: MonthJob = {
    dataDir,
    market: 'um',
    symbol: 'AAAUSDT',
    thresholds: DEFAULT_THRESHOLDS,
    work: {
      plan: plan!,
      facts: null,
      reason: 'for a test',
      objects: [first, { ...second, key: second.key.replace('-02.zip', '-03.zip') }],
      keepDays: [],
      staleDays: [],
      fallBackToDays: false,
      missingPeriods: [],
      notes: [],
    },
    reason: 'for a test',
    isLastAttempt: true,
    prefer: null,
    keepZip: false,
    tapemillVersion: '0.0.0',
  };
  const { written, failed } = await buildMonth(job, {
    archive,
    signal: new AbortController().signal,
    report: () => undefined,
    advance: () => undefined,
    publish: (rename) => {
      rename();
    },
    inTurn: (work) => work(),
    days: () => Promise.resolve([]),
  });
  expect(written).toBe(true);
  expect(failed).toMatchObject([{ period: '2024-01-02', reason: 'failed' }]);
  expect(failed[0]?.detail).toMatch(/^E_IO: .*ENOENT/);
  expect((await layerMonth(dataDir, 'AAAUSDT', '2024-01')).facts.missingPeriods).toEqual(failed);
});
