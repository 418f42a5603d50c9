import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  KNOWN_DEFECTS,
  describeDefect,
  excuseFor,
  knownDefectsOf,
  readDefectsFile,
} from '../../src/archive/index.js';
import { parsePeriod } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';

const of = (
  symbol: string,
  period: string,
  own: Partial<Parameters<typeof knownDefectsOf>[0]> = {},
): string[] => {
  const { startMs, endMs, kind } = parsePeriod(period);
  const cadence = kind === 'month' ? ('monthly' as const) : ('daily' as const);
  return knownDefectsOf({ market: 'um', dataType: 'aggTrades', symbol, startMs, endMs, cadence, ...own }).map(
    ({ source }) => source,
  );
};

describe('the registry of known defects', () => {
  it('is well formed', () => {
    for (const known of KNOWN_DEFECTS) {
      expect(parsePeriod(known.from).startMs).toBeLessThan(parsePeriod(known.to).endMs);
      expect(known.source).toMatch(/^G-\d+/);
      expect(describeDefect(known)).toMatch(/\(G-\d+.*\); /);
    }
  });

  it('finds an object by market, symbol, period and cadence', () => {
    expect(of('BTCUSDT', '2023-10')).toEqual(['G-12, #339, #288, #293']);
    expect(of('BTCUSDT', '2023-10-05')).toEqual([]); // the monthly object alone is bad
    expect(of('BTCUSDT', '2023-09')).toEqual([]);
    expect(of('ETHUSDT', '2023-10')).toEqual(['G-19, #190, #350, #213']);
    expect(of('BTCUSDT', '2023-10', { market: 'cm' })).toEqual([]);
    expect(of('ZILBTC', '2021-03-01', { market: 'spot' })).toEqual(['G-14, #353']);
    expect(of('XYZUSDT', '2021-12-14', { market: 'spot' })).toEqual(['G-17, #354']); // all symbols
  });

  it('excuses a minute only by what is known to the month', () => {
    const minute = Date.UTC(2023, 4, 13, 5);
    expect(excuseFor('um', 'ETHUSDT', minute, KNOWN_DEFECTS)?.source).toBe('G-15, #263, #342');
    expect(excuseFor('um', 'ETHUSDT', minute + 86_400_000, KNOWN_DEFECTS)).toBeNull();
  });
});

describe('a file of known defects', () => {
  const written = (value: unknown): string => {
    const path = join(temporaryFolder(), 'defects.json');
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  const good = {
    source: 'mine',
    markets: ['um'],
    dataTypes: ['aggTrades'],
    from: '2024-01-05',
    defect: 'half of the day is missing',
    remedy: 'do not use it',
  };

  it('is read, with its defaults', async () => {
    expect(await readDefectsFile(written([{ ...good, symbols: ['btcusdt'] }]))).toEqual([
      { ...good, symbols: ['BTCUSDT'], to: '2024-01-05', cadence: null },
    ]);
  });

  it.each([
    ['{', 'is no JSON'],
    [{}, 'expected a list of defects, found {}'],
    [[1], '[0]: expected an object, found 1'],
    [[{ ...good, form: 1 }], '[0]: expected only source, markets'],
    [[good, { ...good, from: '2024-13' }], '[1].from: expected YYYY-MM or YYYY-MM-DD, found "2024-13"'],
    [[{ ...good, to: '2023-01' }], '[0].to: expected 2024-01-05 or later, found "2023-01"'],
    [[{ ...good, markets: ['usdm'] }], '[0].markets: expected a list of um, cm, spot, found "usdm"'],
    [[{ ...good, dataTypes: [] }], '[0].dataTypes: expected a list of aggTrades'],
    [[{ ...good, cadence: 'hourly' }], '[0].cadence: expected monthly, daily or null, found "hourly"'],
    [[{ ...good, remedy: undefined }], '[0].remedy: expected a text, found nothing'],
    [[{ ...good, symbols: [3] }], '[0].symbols: expected a symbol, found 3'],
  ])('says what is wrong with it: %j', async (value, message) => {
    await expect(readDefectsFile(written(value))).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining(message) as string,
    });
  });
});
