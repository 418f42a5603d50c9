import type { DefectKind, EditPlace, Edited } from '../defect-kind.js';
import type { TickRow } from '../tick-batch.js';

const common = { dataType: 'aggTrades' } as const;

/** Lines that are no rows, put between good ones; none of them can be read as a row with seven or eight cells. */
function malformed(rows: readonly TickRow[], place: EditPlace, count: number): Edited<TickRow> {
  const damage: readonly ((line: string) => string)[] = [
    (line) => line.slice(0, line.indexOf(',', line.indexOf(',') + 1)),
    (line) => line.replace(/^(\d+),[^,]+/, '$1,n/a'),
    (line) => line.replace(/^\d+/, '<html>'),
    (line) => line.replaceAll(',', ';'),
  ];
  const every = Math.max(1, Math.floor(rows.length / count));
  const edited: TickRow[] = [];
  let added = 0;
  for (const [index, row] of rows.entries()) {
    edited.push(row);
    for (; added < count && index === Math.min(rows.length - 1, added * every); added++) {
      edited.push({ ...row, verbatim: damage[added % damage.length]!(place.line(row)) });
    }
  }
  return { rows: edited, changed: { malformed: added } };
}

/** Unreadable lines, added to the rows of one object. The rows themselves stay. */
export const MALFORMED_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    target: 'object',
    kind: 'malformed-rows-few',
    fact: '',
    description:
      'Up to 3 unreadable lines are added, fewer than 0.1 % of the object; it must still be accepted.',
    editRows: (rows, place) => malformed(rows, place, Math.min(3, Math.floor(place.objectRows * 0.0009))),
  },
  {
    ...common,
    target: 'object',
    kind: 'malformed-rows-many',
    fact: '',
    description: 'Unreadable lines are added, 1 % of the object (at least 2); it must be refused.',
    editRows: (rows, place) =>
      malformed(rows, place, Math.min(rows.length, Math.max(2, Math.ceil(place.objectRows * 0.01)))),
  },
];
