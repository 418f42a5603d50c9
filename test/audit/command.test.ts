import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditCommand } from '../../src/cli/audit.js';
import { explainCommand } from '../../src/cli/explain.js';
import { temporaryFolder } from '../cli/run.js';
import { type Simulated, simulated } from './auditing.js';
import { run } from './command.js';

const SYMBOLS = ['SIMAUSDT', 'SIMBUSDT'];

/** `a - b`, `a / b`, `a / (b × c / d)`: all that the formulas asked for here are. */
function reckon(text: string): number {
  const inner = /^(.*) \/ \((.*) × (.*) \/ (.*)\)$/.exec(text);
  if (inner) return Number(inner[1]) / ((Number(inner[2]) * Number(inner[3])) / Number(inner[4]));
  const [a, operator, b] = text.split(' ');
  return operator === '-' ? Number(a) - Number(b) : Number(a) / Number(b);
}

describe('the commands', () => {
  let tree: Simulated;
  const where = (): string[] => ['--data-dir', tree.dataDir, '--archive', tree.archive];

  beforeAll(async () => {
    tree = await simulated({
      symbols: SYMBOLS,
      range: ['2024-01-04', '2024-01-06'],
      ticksPerMonth: 20_000,
      defects: ['edge-pair:SIMBUSDT:2024-01-05'],
      sources: ['aggTrades', 'klines', 'metrics'],
    });
  });

  it('begin their help with examples and end it with the exit statuses', () => {
    for (const command of [auditCommand(), explainCommand()]) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toMatch(/^Examples:\n {2}tapemill (audit|explain) /);
      expect(help).toMatch(/Exit status: 0 [^]*5 the layer has/);
    }
  });

  it('audit says what is proved', async () => {
    const { status, lines } = await run('audit', ...SYMBOLS, ...where());
    expect(status).toBe(0);
    const text = lines.join('\n');
    expect(text).toMatch(/SIMAUSDT +4,320 +4,320 +100 % +0/);
    expect(text).toMatch(/SIMBUSDT +4,320 +4,314 +99\.9 % +6/);
    expect(text).toMatch(/2024-01-05 {2}.*6 edge-pair/);
    expect(text).toContain('100 % of the 6 differing minutes fall in a named class.');
    expect(lines.at(-1)).toMatch(
      /^PROVED: 8,634 of 8,640 minutes of 2 symbols equal their klines, the other 6 are explained/,
    );
  });

  it('audit --json is one object', async () => {
    const { lines } = await run(
      'audit',
      '--all',
      ...where(),
      '--json',
      '--start',
      '2024-01-05',
      '--end',
      '2024-01-05',
    );
    const report = JSON.parse(lines.join('\n')) as {
      exitStatus: number;
      symbols: { symbol: string; off: { class: string }[] }[];
    };
    expect(report.exitStatus).toBe(0);
    expect(report.symbols.map(({ symbol, off }) => [symbol, off.length])).toEqual([
      ['SIMAUSDT', 0],
      ['SIMBUSDT', 6],
    ]);
  });

  it('audit --html writes a page of its own', async () => {
    const path = join(temporaryFolder(), 'audit.html');
    const { lines } = await run('audit', '--all', ...where(), '--html', path);
    expect(lines.at(-1)).toBe(`report: ${path}`);
    expect(readFileSync(path, 'utf8')).toContain('<h2>SIMBUSDT</h2>');
  });

  it('audit reads the klines of the days beside the range too, which hold the other halves of pairs', async () => {
    const fresh = await simulated({
      symbols: ['SIMAUSDT'],
      range: ['2024-01-03', '2024-01-07'],
      ticksPerMonth: 5000,
    });
    const args = ['SIMAUSDT', '--data-dir', fresh.dataDir, '--archive', fresh.archive, '--json'];
    const { lines } = await run('audit', ...args, '--start', '2024-01-05', '--end', '2024-01-05');
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      symbols: [{ klineObjectsRead: 3, days: [{ day: '2024-01-05' }] }],
    });
  });

  it('audit --offline is partial where klines are not collected', async () => {
    const bare = await simulated({
      symbols: ['SIMAUSDT'],
      range: ['2024-01-04', '2024-01-04'],
      ticksPerMonth: 5000,
    });
    const offline = await run('audit', 'SIMAUSDT', '--data-dir', bare.dataDir, '--offline');
    expect(offline.status).toBe(3);
    expect(offline.lines.join('\n')).toContain('no klines of 2024-01-04');
    expect(offline.lines.at(-1)).toMatch(/^PARTLY PROVED/);
    // Kept once they were fetched.
    await run('audit', 'SIMAUSDT', '--data-dir', bare.dataDir, '--archive', bare.archive);
    expect((await run('audit', 'SIMAUSDT', '--data-dir', bare.dataDir, '--offline')).status).toBe(0);
    expect(existsSync(join(bare.dataDir, 'quality', 'objects.parquet'))).toBe(true);
  });

  it('audit takes known defects of the user', async () => {
    const file = join(temporaryFolder(), 'mine.json');
    writeFileSync(file, '[{"source":"x"}]');
    const { error } = await run('audit', 'SIMAUSDT', ...where(), '--known-defects', file);
    expect(error?.message).toContain('[0].from: expected a text, found nothing');
  });

  it.each([
    [['audit'], 'expected symbols, or --all'],
    [['audit', 'SIMAUSDT', '--all'], 'expected symbols or --all, found both'],
    [['audit', 'SIMAUSDT', '--start', '2024-01'], 'expected both --start and --end'],
    [['explain', 'SIMAUSDT', 'yesterday'], 'expected a UTC time as YYYY-MM-DDTHH:MM, found "yesterday"'],
    [['explain', 'SIMAUSDT', '2024-02-30'], 'expected a UTC time'],
    [
      ['explain', 'SIMAUSDT', '2024-01-05T03', '--freq', '4h'],
      'no 4h bar starts at 2024-01-05T03; the one around it starts at 2024-01-05T00',
    ],
    [['explain', 'SIMAUSDT', '2024-01-05T03', '--rows', '--offline'], 'expected --rows or --offline'],
  ])('%j is refused', async (args, message) => {
    const { status, error } = await run(...args, ...where());
    expect(error?.message).toContain(message);
    expect(status).toBe(2);
  });

  it('say that there is nothing', async () => {
    expect((await run('audit', 'NONEUSDT', ...where())).status).toBe(5);
    expect((await run('explain', 'SIMAUSDT', '2024-03-05T03:04', ...where())).status).toBe(5);
  });

  it('explain follows a minute down to its rows', async () => {
    const { lines } = await run('audit', 'SIMBUSDT', ...where(), '--json');
    const { symbols } = JSON.parse(lines.join('')) as { symbols: { off: { minute: string }[] }[] };
    const minute = symbols[0]!.off[0]!.minute.slice(0, 16);
    const said = await run('explain', 'SIMBUSDT', minute, ...where(), '--rows');
    const text = said.lines.join('\n');
    expect(said.status).toBe(0);
    expect(text).toMatch(/Verdict: edge-pair\. .* ms before the edge/);
    expect(text).toMatch(
      /SIMBUSDT-aggTrades-2024-01-05\.zip\n.*sha256 [0-9a-f]{64}, checksum verified\n +[\d,]+ rows/,
    );
    expect(text).toMatch(/klines\/SIMBUSDT\/1m\/SIMBUSDT-1m-2024-01-05\.zip/);
    expect(text).toMatch(/volume +base_volume +[\d.,]+ +[\d.,]+ +-[\d.,]+/);
    expect(text).toMatch(
      / {2}cvd_quote = .* quote\n +taker_buy_quote - taker_sell_quote\n +[\d.,]+ - [\d.,]+/,
    );
    expect(text).toMatch(/Rows of data.*\n {2}line 1: agg_trade_id,price/);
  });

  it('explain shows a bar: its minutes, and formulas that give its values', async () => {
    const { lines } = await run('explain', 'SIMBUSDT', '2024-01-05T00', '--freq', '4h', ...where(), '--json');
    const explanation = JSON.parse(lines.join('\n')) as {
      minutes: unknown[];
      bar: { formulas: { name: string; filled: string; value: number | null }[] };
    };
    expect(explanation.minutes).toHaveLength(240);
    const formula = (name: string): { filled: string; value: number | null } =>
      explanation.bar.formulas.find((one) => one.name === name)!;
    for (const name of [
      'cvd_quote',
      'vwap',
      'avg_trade_base',
      'price_change',
      'whale_cvd_quote',
      'tw_cvd_quote_norm',
    ]) {
      const { filled, value } = formula(name);
      const reckoned = reckon(filled.replaceAll(',', ''));
      expect(Math.abs(reckoned - value!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value!)));
    }
    const text = (await run('explain', 'SIMBUSDT', '2024-01-05T00', ...where())).lines.join('\n');
    expect(text).toMatch(/Minutes: 5[0-9] of 60 equal their klines; the others/);
  });
});
