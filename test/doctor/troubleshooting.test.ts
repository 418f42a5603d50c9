import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_KINDS } from '../../src/errors.js';

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
const byCode = page.slice(page.indexOf('## By error code'), page.indexOf('## Exit status'));

test('every error code has a row of its own, with what to do', () => {
  const rows = byCode.split('\n').filter((line) => line.startsWith('| `E_'));
  const cells = new Map(
    rows.map((row) => row.split('|').map((cell) => cell.trim())).map((row) => [row[1], row]),
  );
  for (const code of Object.keys(ERROR_KINDS)) {
    const row = cells.get(`\`${code}\``);
    expect(row, code).toBeDefined();
    expect(
      row!.slice(2, 5).every((cell) => cell.length > 3),
      code,
    ).toBe(true);
  }
  expect(cells.size).toBe(Object.keys(ERROR_KINDS).length);
});

test.each([
  'truncated',
  'stalled',
  'reset',
  'throttled',
  'corrupted',
  'lying length',
  'ignores Range',
  'ETag changed',
  '429',
  '5xx',
  '403',
  '451',
  '404',
  'replaced between',
  'quarantine',
  'stale index',
  'no index',
  'disk is full',
  'slept',
  'hole',
  'clock',
  'proxy',
  'Ctrl-Z',
])('says what to do about "%s"', (fault) => {
  expect(page.toLowerCase()).toContain(fault.toLowerCase());
});
