import { MINUTE_MS } from '../../time/index.js';
import type { DefectKind, EditPlace } from '../defect-kind.js';
import type { TickRow } from '../tick-batch.js';

const common = { dataType: 'aggTrades', target: 'rows' } as const;

const EDGE_MINUTES = [12, 437, 863] as const;

/** The last row of each chosen minute that has one and is not the last of the day. */
function edgeRows(rows: readonly TickRow[], place: EditPlace): Set<number> {
  const picked = new Set<number>();
  const minuteOf = (row: TickRow): number => Math.floor((row.timeUs / 1000 - place.day.startMs) / MINUTE_MS);
  for (const wanted of EDGE_MINUTES) {
    const index = rows.findIndex(
      // Windows of five minutes keep their rows, so metrics stay out of it.
      (row, i) =>
        minuteOf(row) >= wanted &&
        i + 1 < rows.length &&
        minuteOf(rows[i + 1]!) !== minuteOf(row) &&
        minuteOf(row) % 5 !== 4,
    );
    if (index >= 0) picked.add(index);
  }
  return picked;
}

function toEdge(row: TickRow, beforeMs: number): TickRow {
  const minuteUs = MINUTE_MS * 1000;
  const edgeUs = (Math.floor(row.timeUs / minuteUs) + 1) * minuteUs;
  return { ...row, timeUs: Math.max(row.timeUs, edgeUs - beforeMs * 1000) };
}

/** The exchange's klines and its ticks disagree about which minute a trade belongs to. */
export const EDGE_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    kind: 'edge-pair',
    fact: '',
    description:
      'The last trade of 3 minutes happens at most 3 ms before the edge, and the klines count it to the next minute.',
    editTruth: (rows, place) => {
      const picked = edgeRows(rows, place);
      return rows.map((row, i) => (picked.has(i) ? toEdge(row, 3) : row));
    },
    editKlineFeed: (rows, place) => {
      const picked = edgeRows(rows, place);
      return rows.map((row, i) => (picked.has(i) ? toEdge(row, 0) : row));
    },
    editRows: (rows, place) => ({ rows, changed: { pairs: edgeRows(rows, place).size } }),
  },
];
