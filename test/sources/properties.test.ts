import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArchiveObject } from '../../src/archive/index.js';
import { TapemillError } from '../../src/errors.js';
import {
  type ObjectRequest,
  type ParsedSource,
  assembleSourceMonth,
  encodeSourceMonth,
  parseSource,
  readSourceObject,
} from '../../src/sources/index.js';
import { parsePeriod } from '../../src/time/index.js';
import {
  FUNDING,
  FUNDING_HEADER,
  KLINES_1H,
  KLINE_HEADER,
  LIQUIDATIONS,
  LIQUIDATION_HEADER,
  METRICS,
  METRICS_HEADER,
  at,
  factsOf,
  klineLines,
  metricsDay,
} from './fixture.js';

interface Sample {
  readonly request: ObjectRequest;
  readonly header: string;
  readonly lines: readonly string[];
}

const JANUARY = at('2024-01-01');
const LIQUIDATED = at('2024-10-01 00:41:09');
const samples: Sample[] = [
  { request: KLINES_1H, header: KLINE_HEADER, lines: klineLines(at('2024-01-05'), 3_600_000, 24) },
  { request: METRICS, header: METRICS_HEADER, lines: metricsDay('2024-01-05 00:00:00').slice(100, 160) },
  {
    request: FUNDING,
    header: FUNDING_HEADER,
    lines: Array.from({ length: 93 }, (_, n) => `${JANUARY + n * 28_800_000 + (n % 30)},8,${n / 1e6}`),
  },
  {
    request: LIQUIDATIONS,
    header: LIQUIDATION_HEADER,
    lines: Array.from(
      { length: 40 },
      (_, n) => `${LIQUIDATED + (n >> 2)},${n % 2 ? 'BUY' : 'SELL'},LIMIT,IOC,${n},6.5,6.4,FILLED,${n},${n}`,
    ),
  },
];

const bytesOf = ({ table }: ParsedSource, request: ObjectRequest): Buffer =>
  Buffer.from(encodeSourceMonth(table, factsOf(request)));

/** An object whose bytes come in these pieces, the buffer of each overwritten after use. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Pick<ArchiveObject, 'facts' | 'read'> {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return {
    facts: { key: 'k', bytes: 1, sha256: 'a', checksum: 'missing', member: 'm', memberBytes: 1, crc32: 1 },
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by type
    async *read() {
      let start = 0;
      for (const end of ends) {
        const chunk = Uint8Array.from(bytes.subarray(start, end));
        yield chunk;
        chunk.fill(0x41);
        start = end;
      }
    },
  };
}

describe.each(samples)('$request.dataType', ({ request, header, lines }) => {
  const whole = parseSource(Buffer.from([header, ...lines].join('\n')), request);

  it('does not depend on how the bytes are cut', async () => {
    expect(whole.account.accepted).toBe(lines.length);
    const bytes = Buffer.from(`\uFEFF${header}\r\n${lines.join('\r\n')}\r\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 }), async (cuts) => {
        const { table, account } = await readSourceObject(pieces(bytes, cuts), request);
        expect(account).toEqual(whole.account);
        expect(bytesOf({ table, account }, request).equals(bytesOf(whole, request))).toBe(true);
      }),
      { numRuns: 60 },
    );
    const single = Array.from({ length: bytes.length }, (_, i) => i);
    expect((await readSourceObject(pieces(bytes, single), request)).account).toEqual(whole.account);
  });

  it('does not depend on the order of rows, nor on rows that are there several times', () => {
    const rows = fc.shuffledSubarray([...lines, ...lines, ...lines], { minLength: lines.length });
    fc.assert(
      fc.property(rows, (shuffled) => {
        const missing = lines.filter((line) => !shuffled.includes(line));
        const all = [...shuffled, ...missing];
        const found = parseSource(Buffer.from([header, ...all].join('\n')), request);
        expect(bytesOf(found, request).equals(bytesOf(whole, request))).toBe(true);
        expect(found.account).toEqual({
          ...whole.account,
          rows: all.length,
          duplicate: all.length - lines.length,
          outOfOrder: found.account.outOfOrder,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives rows or an error of ours for whatever bytes', () => {
    const clean = Buffer.from([header, ...lines].join('\n'));
    const judge = (bytes: Uint8Array): void => {
      try {
        const { account } = parseSource(bytes, request);
        const { accepted, duplicate, contradiction, outside, malformed } = account;
        expect(accepted + duplicate + contradiction + outside + malformed).toBe(account.rows);
      } catch (error) {
        if (!TapemillError.is(error)) throw error;
        expect(error.code).toMatch(/^E_CSV_(LAYOUT|MALFORMED|TIME)$/);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), judge), { numRuns: 300 });
    const byte = fc.oneof(fc.constantFrom(10, 13, 34, 44, 45, 46, 48, 57, 101), fc.nat(255));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(clean.length - 1), byte), { maxLength: 6 }), (edits) => {
        const bytes = Buffer.from(clean);
        for (const [place, value] of edits) bytes[place] = value;
        judge(bytes);
        judge(bytes.subarray(edits[0]?.[0] ?? 0));
      }),
      { numRuns: 500 },
    );
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.double().map(String),
      fc.constantFrom(
        '',
        '-',
        'NaN',
        '1e400',
        '9'.repeat(16),
        '9'.repeat(13),
        '2024-13-01',
        '2024-01-05 25:00:00',
      ),
    );
    const cells = header.split(',').length;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: cells, maxLength: cells }), { maxLength: 5 }),
        (table) => {
          judge(Buffer.from([header, ...table.map((row) => row.join(','))].join('\n')));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a month', () => {
  // Days stamped 00:05 … 00:00 and days stamped 00:00 … 23:55 share a row, with the same or with other values.
  const day = (key: string, first: string, shift: number) => ({
    period: parsePeriod(key),
    table: parseSource(
      Buffer.from(
        metricsDay(first)
          .map((line) => line.replace(/,1(\d{3}),/, `,${1 + shift}$1,`))
          .join('\n'),
      ),
      { ...METRICS, period: key },
    ).table,
  });
  const days = [
    day('2024-01-04', '2024-01-04 00:05:00', 0),
    day('2024-01-05', '2024-01-05 00:00:00', 1),
    day('2024-01-06', '2024-01-06 00:05:00', 2),
    day('2024-01-07', '2024-01-07 00:00:00', 0),
  ];
  const encode = (table: ParsedSource['table']): Buffer =>
    Buffer.from(encodeSourceMonth(table, factsOf(METRICS)));
  const whole = assembleSourceMonth(days);

  it('does not depend on the order of its days, nor on which were put together first', () => {
    // 04 and 05 share a row, 06 and 07 too; 05 and 06 leave one between them.
    expect(whole.table.length).toBe(4 * 288 - 2);
    expect(whole.seam).toEqual({ duplicate: 0, contradiction: 2 });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(days, { minLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (order, at) => {
          expect(encode(assembleSourceMonth(order).table).equals(encode(whole.table))).toBe(true);
          const kept = assembleSourceMonth(order.slice(0, at)).table;
          const added = assembleSourceMonth(order.slice(at), { kept });
          expect(encode(added.table).equals(encode(whole.table))).toBe(true);
        },
      ),
    );
  });
});
