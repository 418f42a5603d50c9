import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LocalArchive, planSymbol } from '../../src/archive/index.js';
import { parseRange } from '../../src/time/index.js';

/** Real objects of the exchange; not part of the repository, so there may be none. */
const root = fileURLToPath(new URL('../../../shared/archive', import.meta.url));
const NEWLINE = 10;

describe.skipIf(!existsSync(root))('real objects', () => {
  const archive = new LocalArchive(root);
  const kinds = [
    { dataType: 'aggTrades', lines: (n: number) => n > 1000 },
    { dataType: 'klines', interval: '1m', lines: (n: number) => n === 1441 },
    { dataType: 'metrics', lines: (n: number) => n > 200 && n <= 290 },
  ] as const;

  it.each(kinds)('$dataType open, verify and hold whole lines', async ({ lines, ...kind }) => {
    const symbols = await archive.symbols('um', kind.dataType);
    expect(symbols).toContain('RLCUSDT');
    for (const symbol of symbols) {
      const entries = await archive.list({ market: 'um', symbol, ...kind });
      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) {
        expect(entry.hasChecksum).toBe(true);
        const object = await archive.open(entry);
        let newlines = 0;
        let last = -1;
        for await (const chunk of object.read()) {
          for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) newlines++;
          last = chunk.at(-1) ?? last;
        }
        await object.close();
        expect(object.facts).toMatchObject({ key: entry.key, bytes: entry.bytes, checksum: 'verified' });
        expect(last, entry.key).toBe(NEWLINE);
        expect(lines(newlines), `${entry.key}: ${newlines} lines`).toBe(true);
      }
    }
  });

  it('are planned as their days', async () => {
    const entries = await archive.list({ market: 'um', dataType: 'aggTrades', symbol: 'RLCUSDT' });
    const plan = planSymbol(entries, parseRange('2026-04-12', '2026-04-20'));
    expect(plan.months[0]?.objects).toHaveLength(7);
    expect(plan.listed).toMatchObject({ firstDay: '2026-04-13', lastDay: '2026-04-19' });
    expect(plan.holes).toEqual([]);
    expect([...plan.beforeListing, ...plan.afterDelisting].map((missing) => missing.period)).toEqual([
      '2026-04-12',
      '2026-04-20',
    ]);
  });
});
