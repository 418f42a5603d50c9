import { describe, expect, it } from 'vitest';
import { FLAG, qualityPerBar } from '../../src/audit/index.js';
import { encodeTable, readTable, writeTable } from '../../src/audit/table-file.js';
import { MINUTES_OFF_TABLE } from '../../src/audit/quality-tables.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time/index.js';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../cli/run.js';

const day = Date.UTC(2024, 0, 31);

describe('quality per bar', () => {
  const recorded = {
    days: new Map([
      [day, 1438],
      [day + DAY_MS, 0],
    ]),
    minutes: [
      { minute: day + 5 * MINUTE_MS, class: 'edge-pair' },
      { minute: day + 6 * MINUTE_MS, class: 'missing-fills' },
      { minute: day + HOUR_MS, class: 'no-kline' },
      { minute: day + HOUR_MS + MINUTE_MS, class: 'no-kline' },
      { minute: day + HOUR_MS + 2 * MINUTE_MS, class: 'unexplained' },
      { minute: day + 3 * HOUR_MS, class: 'kline-wrong' },
    ],
  };
  const starts = (hours: readonly number[]): Float64Array =>
    Float64Array.from(hours, (hour) => day + hour * HOUR_MS);

  it('is the share of exact minutes among the compared ones, and what occurs', () => {
    const quality = qualityPerBar(starts([-1, 0, 1, 2, 3, 24]), { lengthMs: HOUR_MS }, recorded);
    expect([...quality.dq_exact_share]).toEqual([NaN, 58 / 60, 57 / 58, 1, 59 / 60, NaN]);
    expect([...quality.dq_flags]).toEqual([
      FLAG['not-audited'],
      FLAG['edge-pair'] | FLAG['missing-fills'],
      FLAG['no-kline'] | FLAG.unexplained,
      0,
      FLAG['kline-wrong'],
      FLAG['no-kline'],
    ]);
  });

  it('spans days', () => {
    const quality = qualityPerBar(starts([0]), { lengthMs: 2 * DAY_MS }, recorded);
    expect(quality.dq_exact_share[0]).toBe((1438 - 4) / 1438);
    expect(quality.dq_flags[0]! & FLAG['no-kline']).toBe(FLAG['no-kline']);
  });
});

describe('a table of the ledger', () => {
  const row = {
    ...{ market: 'um', symbol: '币安人生USDT', minute: day, class: 'edge-pair', partner: null },
    ...{ d_open: null, d_high: 0, d_low: -0.1, d_close: 1e-9, d_volume: 1.5, d_quote_volume: 2, d_count: 1 },
    ...{ d_taker_buy_volume: 0, d_taker_buy_quote_volume: 0 },
    ...{ missing_ids_inside: 3, missing_ids_before: null, missing_ids_after: 0, explanation: 'words' },
  };

  it('gives back what was written, in the same bytes each time', async () => {
    const path = join(temporaryFolder(), 'quality', 'minutes_off.parquet');
    expect(await readTable(path, MINUTES_OFF_TABLE)).toEqual([]);
    for (const rows of [[row, { ...row, minute: day + MINUTE_MS }], []]) {
      await writeTable(path, MINUTES_OFF_TABLE, rows);
      expect(await readTable(path, MINUTES_OFF_TABLE)).toEqual(rows);
      expect(encodeTable(MINUTES_OFF_TABLE, rows)).toEqual(encodeTable(MINUTES_OFF_TABLE, rows));
    }
  });

  it('says so when it is damaged', async () => {
    const path = join(temporaryFolder(), 'broken.parquet');
    writeFileSync(path, 'no table');
    await expect(readTable(path, MINUTES_OFF_TABLE)).rejects.toMatchObject({ code: 'E_LAYER' });
  });
});
