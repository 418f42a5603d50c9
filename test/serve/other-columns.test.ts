import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SeriesAnswer } from '../../src/serve/api.js';
import type { WantedSeries } from '../../src/serve/series-request.js';
import { SeriesRoom } from '../../src/serve/series.js';
import { HOUR } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { ask, serving } from './serving.js';

const SYMBOL = 'AAAUSDT';
const PATH = `/api/series?market=um&symbol=${SYMBOL}&from=2024-01-01&to=2024-01-04&freq=1h&columns=close,oi_open_interest`;
let dataDir = '';

beforeAll(async () => {
  const { outDir: archive } = await archiveOf('2024-01-01', '2024-01-03', {
    symbols: [SYMBOL],
    sources: ['aggTrades', 'metrics'],
  });
  dataDir = temporaryFolder();
  await collectRun({ archive, dataDir, symbols: [SYMBOL], dataTypes: ['aggTrades', 'metrics'] });
});

describe('columns that are not of the minute layer', () => {
  it('stand beside those that are, and go with their files', async () => {
    const dashboard = await serving(dataDir);
    const { body } = await ask<SeriesAnswer>(dashboard, PATH);
    expect([body.freq, body.missing]).toEqual(['1h', {}]);
    expect(body.t.length).toBeGreaterThan(60);
    expect(body.columns['oi_open_interest']!.filter((value) => value !== null).length).toBeGreaterThan(50);
    expect((await ask(dashboard, PATH)).body).toEqual(body);
    rmSync(join(dataDir, 'binance_metrics_parquet', SYMBOL), { recursive: true });
    const without = (await ask<SeriesAnswer>(dashboard, PATH)).body;
    expect(Object.keys(without.missing)).toEqual(['oi_open_interest']);
    expect(without.columns['close']!.filter((value) => value !== null)).toEqual(
      body.columns['close']!.filter((value) => value !== null),
    );
    expect(dashboard.bugs).toEqual([]);
  });

  it('are not read for somebody who has gone, nor is anything else', async () => {
    const wanted: WantedSeries = {
      ...{ market: 'um', symbol: SYMBOL, frequency: HOUR, cumulative: false },
      span: { startMs: Date.UTC(2024, 0, 1), endMs: Date.UTC(2024, 0, 4) },
      columns: ['close'],
    };
    const room = new SeriesRoom(dataDir, 1e6);
    await expect(room.answer(wanted, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect((await room.answer(wanted, new AbortController().signal)).freq).toBe('1h');
  });
});
