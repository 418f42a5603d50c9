import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Style,
  displayWidth,
  layOut,
  fit,
  pad,
  plain,
  readStatus,
  renderHistory,
  renderLine,
  renderLiveBlock,
  renderStatus,
  styleFor,
  wrap,
} from '../../src/watch/index.js';
import { Filled, groupOf, monthKeys } from './filled.js';
import { largeCollection } from './large.js';

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

const large = (() => {
  const filled = largeCollection();
  return readStatus(filled.db, { nowMs: filled.nowMs });
})();

function small(): Filled {
  const filled = new Filled();
  filled.plan('BTCUSDT', monthKeys(3), 600e6);
  filled.plan('币安人生USDT', ['2020-03'], 100e6);
  filled.settled('RLCUSDT', ['2020-05', '2020-06'], 'missing', 'not listed');
  filled.settled('RLCUSDT', ['2020-07'], 'done', 'reused', 5);
  filled.worker('A');
  const first = filled.claim('A');
  filled.wait(20);
  filled.finish(first, 50_000_000, 10);
  const second = filled.claim('A');
  filled.worker('B');
  filled.ledger.queue.fail(filled.claim('B'), {
    code: 'E_ZIP',
    reason: 'it is truncated',
    retryable: false,
    retryDelayMs: 0,
  });
  const last = filled.claim('B');
  filled.wait(10);
  filled.ledger.queue.advance(second, 'milling', 300e6, 600e6);
  filled.ledger.queue.advance(last, 'fetching', 0, 25e6);
  filled.beat('A');
  filled.beat('B');
  return filled;
}

const smallSnapshot = (() => {
  const filled = small();
  return readStatus(filled.db, { nowMs: filled.nowMs });
})();

test('what a person sees at 80 columns', () => {
  expect(renderStatus(smallSnapshot, { width: 80, color: false, title: 'ledger.sqlite' }).join('\n'))
    .toMatchInlineSnapshot(`
      "ledger.sqlite                                            2026-04-20 18:00:30 UTC
      █████████████████████████████████████░░░░░░░░░░  78%  900 MB of 1.9 GB  ETA 13 s
      1 of 4 months · 1 of 3 symbols · 1 failed · 1 hole · 1 reused
      2.5 M rows/s · 30.0 MB/s milled · 20.8 MB/s fetched

      Workers  2 working
       ●  A  milling   BTCUSDT 2020-02       █████░░░░░  50%  30.0 MB/s  2.5 M rows/s
       ●  B  fetching  币安人生USDT 2020-03  ██▌░░░░░░░  25%   2.5 MB/s

      Symbols  2 under way, 1 partial
       BTCUSDT       working  ████████▎░  1/3  900 MB of 1.8 GB  1 under way, 1 failed
       币安人生USDT  working  ░░░░░░░░░░  0/1     0 B of 100 MB  1 under way
       RLCUSDT       partial  ██████████  1/1                    2 holes

      Failed  1 E_ZIP
       BTCUSDT 2020-03  E_ZIP  after 1 attempt
         it is truncated

      Holes  2 months that the archive does not have
       RLCUSDT  2020-05 … 2020-06 (2 months)

      Newest
       18:00:20  BTCUSDT 2020-01  44,640 minutes  50.0 M rows"
    `);
});

test('what a person sees at 40 columns, in ASCII', () => {
  expect(renderStatus(smallSnapshot, { width: 40, color: false, unicode: false }).join('\n'))
    .toMatchInlineSnapshot(`
      "###################------  78%  ETA 13 s
      1 of 4 months, 1 of 3 symbols, 1 failed
      1 hole, 1 reused
      2.5 M rows/s, 30.0 MB/s milled
      20.8 MB/s fetched

      Workers  2 working
       *  A  milling   BTCUSDT 2020-02     50%
       *  B  fetching  币安人生...2020-03  25%

      Symbols  2 under way, 1 partial
       BTCUSDT      1/3  1 under way, 1 failed
       币安人生...  0/1  1 under way
       RLCUSDT      1/1  2 holes

      Failed  1 E_ZIP
       BTCUSDT 2020-03  E_ZIP  after 1 attempt
         it is truncated

      Holes  2 months that the archive does...
       RLCUSDT  2020-05 to 2020-06 (2 months)

      Newest
       18:00:20  BTCUSDT 20...  44,640 minutes"
    `);
});

test('the live block and the line of a log', () => {
  expect(renderLiveBlock(smallSnapshot, { width: 80, maxLines: 10, color: false }).join('\n'))
    .toMatchInlineSnapshot(`
      "█████████████████████████████████████░░░░░░░░░░  78%  900 MB of 1.9 GB  ETA 13 s
      1 of 4 months · 1 of 3 symbols · 1 failed · 1 hole · 1 reused · 2.5 M rows/s
       ●  A  milling   BTCUSDT 2020-02       █████░░░░░  50%  30.0 MB/s  2.5 M rows/s
       ●  B  fetching  币安人生USDT 2020-03  ██▌░░░░░░░  25%   2.5 MB/s"
    `);
  expect(renderLine(smallSnapshot, 200)).toMatchInlineSnapshot(
    `"78%  900 MB of 1.9 GB · ETA 13 s · 1 of 4 months · 1 of 3 symbols · 1 failed · 1 hole · 1 reused · 2.5 M rows/s · 30.0 MB/s milled · 20.8 MB/s fetched · 2 workers"`,
  );
});

test.each([40, 41, 57, 80, 99, 120, 200])(
  'no line is wider than %d columns, with colours or without, whatever is shown',
  (width) => {
    for (const snapshot of [large, smallSnapshot]) {
      for (const options of [
        { color: false },
        { color: true },
        { color: false, unicode: false },
        { color: true, all: true },
      ]) {
        const lines = [
          ...renderStatus(snapshot, {
            width,
            title: '/a/very/long/path/to/some/data/folder/_ledger/ledger.sqlite',
            ...options,
          }),
          ...renderLiveBlock(snapshot, { width, maxLines: 20, ...options }),
          renderLine(snapshot, width),
        ];
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
        expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
      }
    }
  },
);

test('the overall bar fills the 80 columns exactly', () => {
  expect(displayWidth(renderStatus(large, { width: 80, color: false })[0]!)).toBe(80);
});

test('columns stay aligned behind wide names', () => {
  const lines = renderStatus(smallSnapshot, { width: 120, color: false });
  const rows = lines.filter((line) => /^ (BTCUSDT|币安人生USDT) +working/.test(line));
  expect(rows.map((line) => displayWidth(line.slice(0, line.indexOf('working'))))).toEqual([15, 15]);
});

test('colours add nothing but escapes', () => {
  const bare = renderStatus(large, { width: 100, color: false });

  const stripped = renderStatus(large, { width: 100, color: true }).map((line) => line.replace(ESCAPES, ''));
  expect(stripped.map((line) => line.trimEnd())).toEqual(bare.map((line) => line.trimEnd()));
  expect(bare.join('')).not.toContain('\u001b');
});

test('long lists are cut and say how to see all', () => {
  const text = renderStatus(large, { width: 80, color: false }).join('\n');
  expect(text).toMatch(/and \d+ more \(--all shows them\)/);
  const all = renderStatus(large, { width: 80, color: false, all: true }).join('\n');
  expect(all).not.toContain('--all');
  for (const { symbol } of large.symbols) expect(all).toContain(symbol.slice(0, 8));
  expect(large.failures.length).toBeGreaterThan(10);
  expect(all.match(/after 1 attempt$/gm)).toHaveLength(large.failures.length);
});

test.each([8, 24, 40])('fits into %d lines, the summary first', (height) => {
  const lines = renderStatus(large, { width: 80, height, color: false });
  expect(lines.length).toBeLessThanOrEqual(height);
  expect(lines[0]).toContain('ETA');
});

test('a live block keeps to its lines and says how many workers it leaves out', () => {
  const block = renderLiveBlock(large, { width: 80, maxLines: 4, color: false });
  expect(block).toHaveLength(4);
  expect(block[3]).toBe(' and 3 more workers');
});

test('what was settled, and how', () => {
  const filled = new Filled();
  filled.settled('AUSDT', ['2020-05'], 'done', 'reused', 5);
  const lines = (): string =>
    renderStatus(readStatus(filled.db, { nowMs: filled.nowMs }), { width: 80, color: false }).join('\n');
  expect(lines()).toContain('✓ All done.');
  expect(lines()).toContain('100%');
  filled.settled('AUSDT', ['2020-06'], 'missing', 'not listed');
  expect(lines()).toContain('but for the holes');
  expect(renderStatus(readStatus(new Filled().db, { nowMs: 0 }), { width: 80, color: false })).toEqual([
    'Nothing is queued, and nothing was collected.',
  ]);
});

test('messages from elsewhere cannot steer the terminal', () => {
  expect(plain('a\u001b[2J\nb\u0007\u202ec\u009b')).toBe('a[2J bc');
  const filled = new Filled();
  filled.plan('AUSDT', ['2024-01']);
  filled.worker('A');
  filled.ledger.queue.fail(filled.claim('A'), {
    code: 'E_HTTP',
    reason: 'x\u001b]0;title\u0007y\nz',
    retryable: false,
    retryDelayMs: 0,
  });
  const text = renderStatus(readStatus(filled.db, { nowMs: filled.nowMs }), { width: 80, color: false }).join(
    '\n',
  );
  expect(text).toContain('x]0;titley z');
  expect(text).not.toContain('\u001b');
});

test('columns: long ones are cut as far as they allow, then the least important go, and the edge is the edge', () => {
  const style = new Style({ color: false });
  const row = ['a'.repeat(10), 'b'.repeat(10), 'c'.repeat(10)].map((text) => ({ text }));
  const columns = [{ min: 4 }, { drop: 1 }, { drop: 2 }];
  expect(layOut(columns, [row], 34, style)).toEqual([
    `${'a'.repeat(10)}  ${'b'.repeat(10)}  ${'c'.repeat(10)}`,
  ]);
  expect(layOut(columns, [row], 33, style)).toEqual([`aaaaaaaa…  ${'b'.repeat(10)}  ${'c'.repeat(10)}`]);
  expect(layOut(columns, [row], 18, style)).toEqual([`aaaaa…  ${'b'.repeat(10)}`]);
  expect(layOut(columns, [row], 15, style)).toEqual(['a'.repeat(10)]);
  expect(layOut([{}, {}], [row], 14, style)).toEqual(['aaaaaaaaaa  b…']);
});

test('text is measured in cells', () => {
  expect(displayWidth('币安人生USDT')).toBe(12);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(fit('币安人生USDT', 6)).toBe('币安…');
  expect(fit('worker-host-17', 9, '…', 'middle')).toBe('work…t-17');
  expect(pad('币', 4)).toBe('币  ');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, cells) => {
      expect(displayWidth(fit(text, cells))).toBeLessThanOrEqual(cells);
      expect(displayWidth(fit(text, cells, '…', 'middle'))).toBeLessThanOrEqual(cells);
      for (const line of wrap(plain(text), cells)) expect(displayWidth(line)).toBeLessThanOrEqual(cells);
    }),
  );
});

test('colour only on a terminal that wants it; ASCII where the locale says so', () => {
  const tty = { isTTY: true };
  expect(styleFor(tty, {})).toEqual({ color: true, unicode: true });
  expect(styleFor({}, {}).color).toBe(false);
  expect(styleFor(tty, { NO_COLOR: '1' }).color).toBe(false);
  expect(styleFor(tty, { TERM: 'dumb' }).color).toBe(false);
  expect(styleFor(tty, {}, false).color).toBe(false);
  expect(styleFor(tty, { LANG: 'C' }).unicode).toBe(false);
  expect(styleFor(tty, { LANG: 'C', LC_ALL: 'en_US.UTF-8' }).unicode).toBe(true);
});

test('the history of a task', () => {
  const filled = new Filled();
  filled.plan('AUSDT', ['2024-01'], 5);
  filled.worker('A');
  filled.ledger.queue.fail(filled.claim('A'), {
    code: 'E_NETWORK',
    reason: '503',
    retryable: true,
    retryDelayMs: 30_000,
  });
  filled.wait(31);
  filled.finish(filled.claim('A'), 77);
  const { queue } = filled.ledger;
  const key = `${groupOf('AUSDT')}/2024-01`;
  const lines = renderHistory(
    { key, task: queue.task(key)!, events: queue.historyOf(key) },
    { width: 70, color: false },
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "um/aggTrades/AUSDT/2024-01
      done
    2026-04-20 18:00:00  queued
    2026-04-20 18:00:00  claimed by A, attempt 1
    2026-04-20 18:00:00  attempt 1 failed: E_NETWORK: 503; again in 30 s
    2026-04-20 18:00:31  claimed by A, attempt 2
    2026-04-20 18:00:31  object-milled by A: symbol AUSDT, month 2024-01,
                         object x.zip, bytes 5, checksum verified, seconds
                         1
    2026-04-20 18:00:31  month-written by A: symbol AUSDT, month 2024-01,
                         path 2024-01.parquet, minutes 44640, rows 77
    2026-04-20 18:00:31  done by A"
  `);
});
