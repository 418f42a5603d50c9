import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../../src/wide-table/inputs/index.js';
import { HOUR, parseRange } from '../../src/time/index.js';
import { queryFile } from '../audit/duck.js';
import { tapemill, temporaryFolder } from '../cli/run.js';
import { collectRun } from '../collect/collecting.js';
import { built, checked } from './kit.js';

const SHARED = fileURLToPath(new URL('../../../shared/archive', import.meta.url));

describe.skipIf(!existsSync(join(SHARED, 'data')))('real objects', () => {
  const symbols = ['BOMEUSDT', 'RLCUSDT'];
  let dataDir = '';

  beforeAll(async () => {
    dataDir = temporaryFolder();
    const dataTypes = ['aggTrades', 'metrics'];
    await collectRun({ archive: SHARED, dataDir, symbols, dataTypes });
    await built(dataDir, symbols);
  });

  it('open interest is the last that was known at the end of the bar', async () => {
    const path = join(dataDir, 'final_dataset', 'RLCUSDT_final.parquet');
    const end = Date.UTC(2026, 3, 14, 10);
    const [[shown, age]] = (await queryFile(
      path,
      `SELECT oi_open_interest, metrics_age_s FROM t WHERE epoch_ms(bar_end_time) = ${end}`,
    )) as [[number, number]];
    const source = (await readMetrics(dataDir, 'um', 'RLCUSDT', {
      startMs: end - HOUR.lengthMs,
      endMs: end,
    }))!;
    const last = source.availableAt.findLastIndex((t) => t <= end);
    expect(shown).toBe(source.columns.sum_open_interest[last]);
    expect(age).toBe((end - source.availableAt[last]!) / 1000);
  });

  it('passes the leak check, and by a later start too', async () => {
    expect(await checked(dataDir, { cuts: 3 })).toMatchObject({ found: 0 });
    await built(dataDir, symbols, { range: parseRange('2026-04-15', '2026-04-16') });
    expect(await checked(dataDir, { cuts: 1 })).toMatchObject({ found: 0 });
  });

  it('describe says what columns are and how far they are filled', async () => {
    const { stdout, status } = await tapemill(
      'dataset',
      'describe',
      '--columns',
      'oi_d*,dq_flags',
      '--data-dir',
      dataDir,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/oi_delta {2}double, base \(cm: contracts\), \(-∞, ∞\) {2}\d+\.\d % filled/);
    expect(stdout).toMatch(/dq_flags {2}int64.* 0\.0 % filled/);
    const json = await tapemill('dataset', 'describe', '--columns', 'nothing*', '--data-dir', dataDir);
    expect(json.status).toBe(2);
  });
});
