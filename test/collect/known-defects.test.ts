import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ArchiveEntry } from '../../src/archive/index.js';
import { defectNotes } from '../../src/collect/defect-notes.js';
import { parsePeriod } from '../../src/time/index.js';
import { tapemill, temporaryFolder } from '../cli/run.js';

function entry(symbol: string, period: string): ArchiveEntry {
  return {
    name: { market: 'um', dataType: 'aggTrades', symbol, period: parsePeriod(period) },
    key: `${symbol}-${period}`,
    bytes: 1,
    hasChecksum: true,
    etag: null,
    lastModified: null,
  };
}

it('objects that are known to be bad are told of, a sentence for each defect', () => {
  const daily = ['2023-05-01', '2023-05-02', '2023-06-01'].map((day) => entry('ETHUSDT', day));
  expect(defectNotes(daily)).toEqual([
    expect.stringMatching(
      /^2023-05-01 … 2023-05-02 {2}known defect: more than 200,000 rows have quantity 0 \(.+\); /,
    ),
  ]);
  // Of the monthly object alone; and what is said of years is no news.
  expect(defectNotes([entry('BTCUSDT', '2023-10')])).toHaveLength(1);
  expect(defectNotes([entry('BTCUSDT', '2023-10-01')])).toEqual([]);
  expect(defectNotes([entry('LITUSDT', '2024-01')])).toEqual([]);
});

it('collect and plan tell of them, those of the user too, and only when an object is to be read', async () => {
  const folder = temporaryFolder();
  const [sim, data] = [join(folder, 'sim'), join(folder, 'data')];
  const known = join(folder, 'mine.json');
  const mine = {
    source: 'our desk',
    markets: ['um'],
    dataTypes: ['aggTrades'],
    symbols: ['SIMAUSDT'],
    from: '2024-01-05',
    defect: 'half of the day is missing',
    remedy: 'leave it out',
  };
  writeFileSync(known, JSON.stringify([mine]));
  const range = ['--start', '2024-01', '--end', '2024-01'];
  await tapemill('simulate', '--out', sim, '--symbols', '1', ...range, '--ticks', '5000');
  const collect = [`SIMAUSDT`, '--archive', sim, '--data-dir', data, '--known-defects', known];
  const told = 'SIMAUSDT  2024-01  known defect: half of the day is missing (our desk); leave it out';
  expect((await tapemill('plan', ...collect)).stdout).toContain('half of the day is missing (our desk)');
  expect((await tapemill('collect', ...collect)).stdout).toContain(told);
  const again = await tapemill('collect', ...collect);
  expect(again.status).toBe(0);
  expect(again.stdout).not.toContain('known defect');
});
