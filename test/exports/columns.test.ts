import { describe, expect, it } from 'vitest';
import { describeColumns, parseColumns, selectColumns } from '../../src/exports/index.js';

const NAMES = [
  'open',
  'close',
  'ls_toptrader_account_ratio',
  'ls_global_account_ratio',
  'oi_delta',
  'a.b',
  'axb',
];
const columns = describeColumns(NAMES.map((name) => ({ name, type: 'double', nullable: true })));
const select = (text: string): string[] => selectColumns(columns, parseColumns(text)).map(({ name }) => name);

describe('selectColumns', () => {
  it('takes names and globs, each column once, in the order of the table', () => {
    expect(select('oi_delta, ls_*,open,ls_global*')).toEqual([
      'open',
      'ls_toptrader_account_ratio',
      'ls_global_account_ratio',
      'oi_delta',
    ]);
    expect(select('*')).toEqual(NAMES);
    expect(select('?pen')).toEqual(['open']);
    expect(select('a.b')).toEqual(['a.b']);
    expect(selectColumns(columns, null)).toHaveLength(NAMES.length);
  });

  it.each([
    ['clsoe', /"clsoe"; near are close/],
    ['account_ratio', /near are ls_toptrader_account_ratio, ls_global_account_ratio/],
    ['ls_toptraderr*', /near are ls_toptrader_account_ratio|no column is named "ls_toptraderr\*"/],
    ['zzzzzzz', /no column is named "zzzzzzz"$/],
    ['OPEN', /near are open/],
  ])('refuses %s with what is near', (text, message) => {
    expect(() => select(text)).toThrow(message);
    expect(() => select(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });

  it('refuses nothing at all', () => {
    expect(() => parseColumns(' , ')).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    expect(parseColumns(undefined)).toBeNull();
  });
});

describe('describeColumns', () => {
  it('finds names with windows, and takes what it does not know for the user’s', () => {
    const [windowed, own] = describeColumns(
      ['liquidation_all_vol_sum_z_24h', 'my_alpha'].map((name) => ({ name, type: 'double', nullable: true })),
    );
    expect(windowed).toMatchObject({ family: 'liquidations' });
    expect(windowed!.meaning).not.toContain('{w}');
    expect(own).toMatchObject({ family: 'user', unit: null, meaning: null });
  });
});
