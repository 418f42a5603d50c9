import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIEWS, formatRoute, parseRoute, withParams } from '../../web/router.js';

describe('routes', () => {
  it('reads view and parameters', () => {
    expect(
      parseRoute('#/explore?market=um&symbol=BTCUSDT&panels=candles,cvd.bar&from=2024-01-05T10:30'),
    ).toEqual({
      view: 'explore',
      params: { market: 'um', symbol: 'BTCUSDT', panels: 'candles,cvd.bar', from: '2024-01-05T10:30' },
    });
  });

  it.each(['', '#', '#/', '#/nowhere?x=1', '#main'])('leads %j to the first view', (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'work', params: {} });
  });

  it('keeps commas and colons readable, and drops what is empty', () => {
    expect(formatRoute({ view: 'explore', params: { panels: 'a,b', from: '2024-01-05T10:30', q: '' } })).toBe(
      '#/explore?panels=a,b&from=2024-01-05T10:30',
    );
  });

  it('reads back whatever it writes', () => {
    const params = fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
      fc.string({ minLength: 1 }),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.constantFrom(...VIEWS), params, (view, values) => {
        const route = { view, params: values };
        expect(parseRoute(formatRoute(route))).toEqual(route);
      }),
    );
  });

  it('changes, adds and takes out parameters in place', () => {
    const route = { view: 'coverage', params: { market: 'um', q: 'btc' } } as const;
    expect(withParams(route, { q: null, type: 'metrics' }).params).toEqual({ market: 'um', type: 'metrics' });
    expect(withParams(route, { market: 'cm' }).params).toEqual({ market: 'cm', q: 'btc' });
    expect(route.params.q).toBe('btc');
  });
});
