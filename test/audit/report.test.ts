import { beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/index.js';
import { auditHtml, auditText, errorText, shareText, textTable } from '../../src/report/index.js';
import { LocalArchive } from '../../src/archive/index.js';
import { type Simulated, simulated } from './auditing.js';

/** Tags that are not closed in the order they were opened. The page has no element without an end but in its head. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)([^<>]*)>/g)) {
    if (rest!.endsWith('/')) continue;
    if (slash === '') open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name!}`];
  }
  return open;
}

describe('the page', () => {
  let tree: Simulated;
  let html = '';

  beforeAll(async () => {
    tree = await simulated({
      symbols: ['SIMAUSDT', '币安人生USDT'],
      range: ['2024-01-04', '2024-01-06'],
      ticksPerMonth: 20_000,
      defects: ['missing-ids:SIMAUSDT:2024-01-05', 'zero-quantity:币安人生USDT:2024-01-05'],
      sources: ['aggTrades', 'klines', 'metrics'],
    });
    const report = await audit({
      ...{ dataDir: tree.dataDir, market: 'um', symbols: ['SIMAUSDT', '币安人生USDT'], range: null },
      archive: new LocalArchive(tree.archive),
    });
    html = auditHtml(report, 'Audit <of> "it" & all', 'now');
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|src=|href=|\son\w+=/i);
  });

  it('is well formed, with one title and a viewport', () => {
    const body = html.slice(html.indexOf('<body>'), html.indexOf('</html>'));
    expect(unbalanced(body)).toEqual([]);
    expect(html.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(html).toContain('width=device-width, initial-scale=1');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('Audit &#60;of&#62; &#34;it&#34; &#38; all');
  });

  it('draws a calendar for the audit and for every data type there is an object of', () => {
    const headings = [...html.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, text]) => text);
    for (const name of ['Audit', 'aggTrades', 'klines 1m', 'klines 1h']) {
      expect(headings.filter((heading) => heading === name)).toHaveLength(2);
    }
    expect(html).toMatch(/<title>2024-01-05: [\d.]+ % exact, \d+ differ<\/title>/);
    expect(html).toMatch(/<title>2024-01-05: \d+ missing ids<\/title>/);
  });

  it('has SVG that is wide as a phone, with a label each, and only finite numbers', () => {
    const drawings = html.match(/<svg[^]*?<\/svg>/g)!;
    expect(drawings.length).toBeGreaterThan(6);
    for (const drawing of drawings) {
      expect(drawing).toMatch(/^<svg viewBox="0 0 340 [\d.]+" role="img" aria-label="[^"]+">/);
      expect(drawing).not.toMatch(/NaN|Infinity|undefined/);
      expect(unbalanced(drawing)).toEqual([]);
    }
  });

  it('names what it found', () => {
    expect(html).toContain('<h2>币安人生USDT</h2>');
    expect(html).toContain('data-loss, 2024-01-05');
    expect(html).toMatch(/SIMAUSDT-aggTrades-2024-01-05\.zip<\/td><td>\d+ missing ids/);
    expect(html).toMatch(/<td>zero-quantity<\/td><td class="n">\d+<\/td>/);
    expect(html).not.toMatch(/undefined|NaN/);
  });
});

describe('an audit without symbols', () => {
  it('has a page and a text all the same', async () => {
    const report = await audit({
      dataDir: 'nowhere',
      market: 'um',
      symbols: ['NONEUSDT'],
      range: null,
      archive: null,
    });
    expect(auditHtml(report, 'x', 'y')).toContain('E_NO_LAYER');
    expect(auditText(report, { all: false }).at(-1)).toBe('nothing was audited: 1 failure');
  });
});

describe('numbers', () => {
  it('say 100 % only when nothing is left', () => {
    expect([1, 0, 0.5, 0.9999, 0.99999999, 1e-9, null].map(shareText)).toEqual([
      '100 %',
      '0 %',
      '50.0 %',
      '99.99 %',
      '> 99.99999 %',
      '< 0.00001 %',
      'none',
    ]);
    expect([null, 0, 0.0171, 3.4e-7, Infinity].map(errorText)).toEqual([
      'none',
      'none',
      '1.7 %',
      '0.000034 %',
      'all',
    ]);
  });

  it('stand in columns', () => {
    expect(
      textTable(
        ['a', 'n'],
        [
          ['x', '1'],
          ['long', '22'],
        ],
        [1],
      ),
    ).toEqual(['a      n', '────  ──', 'x      1', 'long  22']);
  });
});
