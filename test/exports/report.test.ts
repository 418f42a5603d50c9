import { describe, expect, it } from 'vitest';
import { measureDataset } from '../../src/exports/index.js';
import { datasetHtml } from '../../src/report/index.js';
import { HOUR } from '../../src/time/index.js';
import { range, realTables, tableOf, tempFolder, writeWideTable } from './wide-fixture.js';

describe('page', () => {
  it('has a card for every column of every family, and links that lead to them', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, realTables(['AUSDT', 'BUSDT'], 9));
    const statistics = await measureDataset({
      dataDir,
      market: 'um',
      frequency: HOUR,
      symbols: [],
      columns: null,
    });
    const html = datasetHtml(statistics, 'A title', 'made at some time');
    for (const { column } of statistics.columns) expect(html).toContain(`id="c-${column.name}"`);
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!));
    const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!);
    expect(links.length).toBeGreaterThan(statistics.columns.length);
    expect(links.filter((id) => !ids.has(decodeURIComponent(id)))).toEqual([]);
    expect(html).not.toMatch(/<script|https?:\/\/|NaN|undefined|Infinity/);
    expect(html).toContain('liquidations: all 52');
    expect(html).toContain('trade_allowed');
    for (const tag of ['details', 'table', 'div', 'svg', 'p', 'ul']) {
      const count = (text: RegExp): number => [...html.matchAll(text)].length;
      expect([tag, count(new RegExp(`<${tag}[ >]`, 'g'))]).toEqual([
        tag,
        count(new RegExp(`</${tag}>`, 'g')),
      ]);
    }
  });

  it('says which columns drift, are constant or the same', async () => {
    const dataDir = await tempFolder();
    const columns = {
      close: (n: number): number => n,
      twin: (n: number): number => -2 * n,
      oi_delta: (): number => 4,
      '<b>': (n: number): number => Math.sin(n),
    };
    await writeWideTable(dataDir, [tableOf('AUSDT', range(0, 900), columns)]);
    const statistics = await measureDataset({
      dataDir,
      market: 'um',
      frequency: HOUR,
      symbols: [],
      columns: null,
    });
    const html = datasetHtml(statistics, 'T', '');
    expect(html).not.toContain('<b>"');
    expect(html).toContain('&#60;b&#62;');
    expect(html).toMatch(/One value in every row that has one: <a href="#c-oi_delta">/);
    const pairs = html.slice(html.indexOf('id="pairs"'), html.indexOf('id="columns"'));
    expect(pairs).toMatch(
      /close<\/a><\/td><td class="key"><a href="#c-twin">twin<\/a><\/td><td class="n">-1</,
    );
    const drift = html.slice(html.indexOf('id="drift"'), html.indexOf('id="pairs"'));
    expect(drift.indexOf('>close<')).toBeLessThan(drift.indexOf('&#60;b&#62;'));
    expect(drift).toContain('<span class="bad">much</span>');
    expect(drift).toContain('<span class="good">little</span>');
  });
});
