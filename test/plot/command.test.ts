import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ran, tapemill, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';

let folder = '';
let dataDir = '';
beforeAll(async () => {
  folder = temporaryFolder();
  dataDir = join(folder, 'data');
  const symbols = ['AAAUSDT', 'BBBUSDT'];
  const archive = await archiveOf('2024-01-30', '2024-02-02', { symbols, ticksPerMonth: 20_000 });
  await collectRun({ archive: archive.outDir, dataDir, symbols });
});
const plot = (...args: string[]): Promise<Ran> => tapemill('plot', ...args, '--data-dir', dataDir);

describe('plot', () => {
  it('writes a PNG of the size that was asked for, and says what is not in it', async () => {
    const path = join(folder, 'a.png');
    const range = ['--start', '2024-01-30', '--end', '2024-02-01'];
    const ran = await plot(
      'aaausdt',
      ...range,
      '--freq',
      '1h',
      '--width',
      '800',
      '--height',
      '500',
      '--scale',
      '2',
      '-o',
      path,
    );
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toMatch(/^funding is not drawn: .+$/m);
    expect(ran.stderr).toMatch(/a\.png: 72 bars of 1h$/m);
    const png = readFileSync(path);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1600, 1000]);
  });

  it('writes an SVG to stdout, of the whole layer by itself', async () => {
    const { status, stdout } = await plot(
      'AAAUSDT',
      '--format',
      'svg',
      '-o',
      '-',
      '--title',
      'A <title> & more',
    );
    expect(status).toBe(0);
    expect(new XMLParser().parse(stdout)).toHaveProperty('svg');
    expect(stdout).toContain('A &#60;title&#62; &#38; more');
    expect(stdout).toContain('2024-01-30 00:00 … 2024-02-03 00:00 UTC, 15m bars');
  });

  it('writes a page with a note where a named panel has nothing', async () => {
    const path = join(folder, 'a.html');
    expect((await plot('AAAUSDT', '--panels', 'price,oi,+avg_trade_quote', '-o', path)).status).toBe(0);
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('quote_volume / trade_count');
    expect(html).toMatch(/Not drawn<\/h2><ul><li>oi: ./);
    expect(html).not.toMatch(/https?:/);
  });

  it.each([
    [['AAAUSDT', '-o', 'a.gif'], 2, 'E_USAGE'],
    [['AAAUSDT', '-o', 'a.png', '--width', '5'], 2, 'E_USAGE'],
    [['NOSUCHUSDT', '-o', 'a.png'], 5, 'E_NO_LAYER'],
    [['AAAUSDT', '-o', 'a.png', '--panels', '+no_such_column,oi'], 5, 'E_NO_LAYER'],
  ])('%j ends with %i and leaves nothing', async (args, status, code) => {
    const at = args.indexOf('-o') + 1;
    const ran = await plot(...args.with(at, join(folder, 'refused', args[at]!)));
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain(code);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('tearsheet', () => {
  const sheet = (...args: string[]): Promise<Ran> => tapemill('tearsheet', ...args, '--data-dir', dataDir);

  it('prints a summary, and writes the page', async () => {
    const path = join(folder, 'sheet.html');
    const { status, stdout } = await sheet('cvd_quote', '--freq', '15m', '--horizon', '15m,1h', '-o', path);
    expect(status).toBe(0);
    expect(stdout).toContain('taker_buy_quote - taker_sell_quote [quote]');
    expect(stdout).toMatch(/^15m .* \d+$/m);
    expect(stdout).toContain("each symbol's own past");
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('Returns by quintile');
    expect(html).not.toMatch(/https?:|<script|NaN|undefined/);
  });

  it('prints all numbers as JSON, those of the named symbols', async () => {
    const { status, stdout } = await sheet(
      'cvd_quote',
      'BBBUSDT',
      '--horizon',
      '1h',
      '--decay',
      '3',
      '--json',
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'tearsheet',
      column: 'cvd_quote',
      frequency: '1h',
      definition: { unit: 'quote' },
      results: {
        symbols: ['BBBUSDT'],
        quantileRule: 'own past',
        decay: [{ bars: 1 }, { bars: 2 }, { bars: 3 }],
      },
    });
  });

  it.each([
    [['cvd_quote', '--horizon', '90m'], 2, 'E_USAGE'],
    [['no_such_column'], 5, 'E_NO_LAYER'],
  ])('%j ends with %i', async (args, status, code) => {
    const ran = await sheet(...args);
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain(code);
  });
});
