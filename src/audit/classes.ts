/** What can be said of a minute whose bar and kline differ, the strongest word first. */
export const OFF_CLASSES = [
  'kline-wrong',
  'missing-fills',
  'zero-quantity',
  'edge-pair',
  'count-only',
  'known-defect',
  'unexplained',
] as const;
export type OffClass = (typeof OFF_CLASSES)[number];

/** For headings and docs/audit.md. */
export const CLASS_MEANING: Readonly<Record<OffClass, string>> = {
  'kline-wrong':
    'the kline cannot be right: impossible values, more fills than ids, or two klines that disagree',
  'missing-fills': 'fills that the kline counts are not in aggTrades; their trade ids are left out there',
  'zero-quantity': 'rows of the object have quantity 0, and their volume is missing',
  'edge-pair':
    'a trade at the edge of two minutes is in one bar and in the other kline; together they are equal',
  'count-only': 'only the number of fills differs: ids within an aggTrade that are no trades',
  'known-defect': 'not explained by its numbers, but the object is known to be bad',
  unexplained: 'nothing here explains it',
};

/** Bits of `dq_flags`. */
export const FLAG = {
  'edge-pair': 1,
  'missing-fills': 2,
  'count-only': 4,
  'kline-wrong': 8,
  'zero-quantity': 16,
  'known-defect': 32,
  unexplained: 64,
  /** A minute with ticks has no kline to be compared with. */
  'no-kline': 128,
  /** The day was not audited. */
  'not-audited': 256,
} as const satisfies Record<OffClass | 'no-kline' | 'not-audited', number>;

export type ClassCounts = Record<OffClass, number>;

export function noCounts(): ClassCounts {
  return Object.fromEntries(OFF_CLASSES.map((name) => [name, 0])) as ClassCounts;
}
