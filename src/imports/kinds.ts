import type { ParquetField } from '../parquet/index.js';

/**
 * What can be imported, and how it is stored. Every table has `ts`, the time the exchange gave the row (µs, UTC),
 * and ends with `source`, the id of the file that the row is from; the footer says which file that is.
 */
export interface ImportColumn extends ParquetField {
  readonly unit: string;
  readonly meaning: string;
}

export interface ImportKind {
  readonly name: KindName;
  /** In their order on disk; `ts` is the first, `source` the last. */
  readonly columns: readonly ImportColumn[];
  /**
   * What makes two rows the same row. `row`: they are equal in every column, as events are. `time`: they have the same
   * `ts`, as samples of one quantity have; other values are then a contradiction.
   */
  readonly identity: 'row' | 'time';
  /** Value columns of a dump as its header calls them, null where the kind is no dump. */
  readonly dumpColumns: readonly string[] | null;
}

export const DUMP_NAMES = [
  'openInterest',
  'topLongShortPositionRatio',
  'topLongShortAccountRatio',
  'globalLongShortAccountRatio',
  'takerlongshortRatio',
] as const;
export type DumpName = (typeof DUMP_NAMES)[number];
export type KindName = 'liquidations' | 'derivative_ticker' | DumpName;

const field = (
  name: string,
  type: ImportColumn['type'],
  unit: string,
  meaning: string,
  nullable = false,
): ImportColumn => ({ name, type, nullable, unit, meaning });

const TS = field('ts', 'timestamp_us', 'UTC', 'time of the exchange');
const LOCAL_TS = field('local_ts', 'timestamp_us', 'UTC', 'when the message arrived at whoever captured it');
const SOURCE = field(
  'source',
  'int64',
  'id',
  'file that the row is from, see `tapemill.sources` in the footer',
);

const nullable = (name: string, unit: string, meaning: string): ImportColumn =>
  field(name, 'double', unit, meaning, true);

const RATIO = [
  nullable('longAccount', 'share', 'long share, 0 … 1'),
  nullable('shortAccount', 'share', 'short share, 0 … 1'),
  nullable('longShortRatio', 'ratio', 'long share / short share'),
];

function dump(name: DumpName, values: readonly ImportColumn[]): ImportKind {
  const known = field('known_ts', 'timestamp_us', 'UTC', 'from when on the row may be used');
  return {
    name,
    columns: [TS, known, ...values, SOURCE],
    identity: 'time',
    dumpColumns: values.map((column) => column.name),
  };
}

const KINDS: Readonly<Record<KindName, ImportKind>> = {
  liquidations: {
    name: 'liquidations',
    columns: [
      TS,
      LOCAL_TS,
      field(
        'side',
        'int64',
        '0 or 1',
        'who was liquidated: 0 a long (the order sold), 1 a short (it bought)',
      ),
      field('price', 'double', 'quote/base', 'price of the order, see docs/imports.md'),
      field('qty', 'double', 'base', 'quantity; contracts × contract size / price where coin-margined'),
      field('value', 'double', 'quote', 'price × quantity; contracts × contract size where coin-margined'),
      SOURCE,
    ],
    identity: 'row',
    dumpColumns: null,
  },
  derivative_ticker: {
    name: 'derivative_ticker',
    columns: [
      TS,
      LOCAL_TS,
      field('funding_ts', 'timestamp_us', 'UTC', 'when the funding rate is next exchanged', true),
      nullable('funding_rate', 'share', 'funding rate'),
      nullable('predicted_funding_rate', 'share', 'predicted funding rate'),
      nullable('open_interest', 'base or contracts', 'open interest'),
      nullable('last_price', 'quote/base', 'last traded price'),
      nullable('index_price', 'quote/base', 'index price'),
      nullable('mark_price', 'quote/base', 'mark price'),
      SOURCE,
    ],
    identity: 'row',
    dumpColumns: null,
  },
  openInterest: dump('openInterest', [nullable('openInterest', 'base or contracts', 'open interest')]),
  topLongShortPositionRatio: dump('topLongShortPositionRatio', RATIO),
  topLongShortAccountRatio: dump('topLongShortAccountRatio', RATIO),
  globalLongShortAccountRatio: dump('globalLongShortAccountRatio', RATIO),
  takerlongshortRatio: dump('takerlongshortRatio', [
    nullable('buySellRatio', 'ratio', 'taker buy volume / taker sell volume'),
    nullable('buyVol', 'base', 'taker buy volume'),
    nullable('sellVol', 'base', 'taker sell volume'),
  ]),
};

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

export function kindOf(name: KindName): ImportKind {
  return KINDS[name];
}

export function isDumpName(name: string): name is DumpName {
  return (DUMP_NAMES as readonly string[]).includes(name);
}
