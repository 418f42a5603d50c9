import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, bits, collectRun, eventsOf, layerMonth } from './collecting.js';

const RANGE = ['2024-01', '2024-01'] as const;
const SYMBOL = 'SIMAUSDT';

describe('a monthly object that cannot be used', () => {
  it('is replaced by the daily ones, reported, and tried again', async () => {
    const archive = await archiveOf(...RANGE, {
      symbols: [SYMBOL],
      defects: [`crc-mismatch:${SYMBOL}:2024-01`],
    });
    const clean = await archiveOf(...RANGE, { symbols: [SYMBOL], monthly: false });
    const own = { archive: archive.outDir, dataDir: join(temporaryFolder(), 'data'), symbols: [SYMBOL] };
    const cleanDir = join(temporaryFolder(), 'data');

    const first = await collectRun(own, RANGE);
    expect(first.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1, objectsMilled: 31 });
    expect(eventsOf(first, 'object-failed')).toMatchObject([{ period: '2024-01', code: 'E_ZIP_CRC' }]);
    expect(eventsOf(first, 'symbol-settled')).toMatchObject([{ dataStatus: 'ok', missingPeriods: [] }]);

    await collectRun({ ...own, archive: clean.outDir, dataDir: cleanDir }, RANGE);
    const { bars } = await layerMonth(own.dataDir, SYMBOL, '2024-01');
    expect(bits(bars)).toEqual(bits((await layerMonth(cleanDir, SYMBOL, '2024-01')).bars));

    const second = await collectRun(own, RANGE);
    expect(second.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1, objectsMilled: 0 });
    expect(eventsOf(second, 'symbol-settled')).toMatchObject([{ status: 'unchanged' }]);
  });

  it('never takes away a month that was made of a good one', async () => {
    const good = await archiveOf(...RANGE, { symbols: [SYMBOL] });
    const bad = await archiveOf(...RANGE, {
      symbols: [SYMBOL],
      defects: [`wrong-checksum:${SYMBOL}:2024-01`],
    });
    const own = { archive: good.outDir, dataDir: join(temporaryFolder(), 'data'), symbols: [SYMBOL] };
    await collectRun(own, RANGE);
    const before = await layerMonth(own.dataDir, SYMBOL, '2024-01');
    const after = await collectRun({ ...own, archive: bad.outDir }, RANGE);
    expect(after.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1, objectsMilled: 0 });
    expect((await layerMonth(own.dataDir, SYMBOL, '2024-01')).facts).toEqual(before.facts);
  });

  it('nor one that was made of a good one and of days', async () => {
    const good = await archiveOf(...RANGE, { symbols: [SYMBOL] });
    const bad = await archiveOf(...RANGE, {
      symbols: [SYMBOL],
      defects: [`wrong-checksum:${SYMBOL}:2024-01`],
    });
    const own = { archive: good.outDir, dataDir: join(temporaryFolder(), 'data'), symbols: [SYMBOL] };
    await collectRun(own, ['2024-01-03', '2024-01-05']);
    await collectRun(own, RANGE);
    const before = await layerMonth(own.dataDir, SYMBOL, '2024-01');
    expect(before.facts.sources.length).toBeGreaterThan(1);
    const after = await collectRun({ ...own, archive: bad.outDir }, RANGE);
    expect(after.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1 });
    expect((await layerMonth(own.dataDir, SYMBOL, '2024-01')).facts).toEqual(before.facts);
  });
});
