import type { DefectKind } from '../defect-kind.js';
import type { CsvLayout } from '../csv-layout.js';

/** Defects and variants in how the rows of one aggTrades object are written. The rows themselves are right. */

const common = { dataType: 'aggTrades', target: 'object' } as const;

function renamed(layout: CsvLayout, names: Readonly<Record<string, string>>): CsvLayout {
  return { ...layout, header: layout.fields.map((field) => names[field] ?? field).join(',') };
}

export const LAYOUT_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    kind: 'header-on-old',
    fact: 'G-1, G-2',
    description: 'The object has a header although its kind has none (before 2022-08-11, or spot).',
    layout: (layout) => renamed(layout, {}),
  },
  {
    ...common,
    kind: 'no-header-on-new',
    fact: 'G-1',
    description: 'The object has no header although its kind has one.',
    layout: (layout) => ({ ...layout, header: undefined }),
  },
  {
    ...common,
    kind: 'header-timestamp',
    fact: 'G-3',
    description: 'The header calls transact_time `timestamp`: known, must be read.',
    layout: (layout) => renamed(layout, { transact_time: 'timestamp' }),
  },
  {
    ...common,
    kind: 'columns-reordered',
    fact: 'G-24',
    description: 'Columns are in another order, as the header says; they must be found by name.',
    layout: (layout) => renamed({ ...layout, fields: [...layout.fields].reverse() }, {}),
  },
  {
    ...common,
    kind: 'unknown-header',
    fact: 'G-24',
    description:
      'The header names columns that nobody knows; the object must be refused with its header quoted.',
    layout: (layout) =>
      renamed(layout, {
        agg_trade_id: 'a',
        price: 'px',
        quantity: 'sz',
        transact_time: 'when',
        is_buyer_maker: 'flag',
      }),
  },
  {
    ...common,
    kind: 'extra-column',
    fact: 'G-24',
    description: 'A further column at the end, with a name when there is a header.',
    layout: (layout) => ({
      ...layout,
      extraColumn: '0',
      header: layout.header === undefined ? undefined : `${layout.header},normal_quantity`,
    }),
  },
  {
    ...common,
    kind: 'crlf',
    fact: '',
    description: 'Lines end with carriage return and line feed.',
    layout: (layout) => ({ ...layout, lineEnd: '\r\n' }),
  },
  {
    ...common,
    kind: 'no-final-newline',
    fact: '',
    description: 'The last line has no end.',
    layout: (layout) => ({ ...layout, endsWithLineEnd: false }),
  },
  {
    ...common,
    kind: 'scientific-notation',
    fact: '',
    description: 'Every price and quantity is written like 4.452E-4.',
    layout: (layout) => ({ ...layout, priceStyle: 'scientific', quantityStyle: 'scientific' }),
  },
  {
    ...common,
    kind: 'upper-case-booleans',
    fact: 'G-4',
    description: 'Booleans are TRUE and FALSE, as a spreadsheet writes them.',
    layout: (layout) => ({ ...layout, booleans: ['FALSE', 'TRUE'] }),
  },
  {
    ...common,
    kind: 'numeric-booleans',
    fact: 'G-4',
    description: 'Booleans are 1 and 0.',
    layout: (layout) => ({ ...layout, booleans: ['0', '1'] }),
  },
  {
    ...common,
    kind: 'microseconds',
    fact: 'G-5',
    description: 'Times are in microseconds although the kind of object has milliseconds.',
    layout: (layout) => ({ ...layout, timeUnit: 'us' }),
  },
  {
    ...common,
    kind: 'iso-time',
    fact: '',
    description: 'Times are written as 2024-01-05T00:00:00.123Z.',
    layout: (layout) => ({ ...layout, timeUnit: 'iso' }),
  },
];
