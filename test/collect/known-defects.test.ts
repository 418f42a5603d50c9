import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ArchiveEntry, KNOWN_DEFECTS, readDefectsFile } from '../../src/archive/index.js';
import { defectNotes } from '../../src/collect/defect-notes.js';
import { parsePeriod } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun, eventsOf } from './collecting.js';

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

it('a collection and its preview tell of them, those of the user too, and only when an object is to be read', async () => {
  const range = ['2024-01-05', '2024-01-06'] as const;
  const { outDir } = await archiveOf(...range, { symbols: ['SIMAUSDT'], ticksPerMonth: 5000 });
  const known = join(temporaryFolder(), 'mine.json');
  const mine = {
    ...{
      source: 'our desk',
      markets: ['um'],
      dataTypes: ['aggTrades'],
      symbols: ['SIMAUSDT'],
      from: '2024-01-05',
    },
    ...{ defect: 'half of the day is missing', remedy: 'leave it out' },
  };
  writeFileSync(known, JSON.stringify([mine]));
  const own = {
    ...{ archive: outDir, dataDir: join(temporaryFolder(), 'data'), symbols: ['SIMAUSDT'] },
    knownDefects: [...KNOWN_DEFECTS, ...(await readDefectsFile(known))],
  };
  const told = '2024-01-05  known defect: half of the day is missing (our desk); leave it out';
  const notes = async (): Promise<readonly string[]> =>
    eventsOf(await collectRun(own, range), 'planned').flatMap((event) => event.notes);
  expect(await notes()).toEqual([told]);
  expect(await notes()).toEqual([]);
});
