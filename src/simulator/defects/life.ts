import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/index.js';
import type { DefectKind } from '../defect-kind.js';

/** Things that truly happened to a symbol. They are no errors of the archive, and every object agrees with them. */

const common = { dataType: 'aggTrades', target: 'life' } as const;

export const LIFE_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    kind: 'halt',
    fact: 'G-20',
    description: 'Trading stands still from 16:39 to 17:14 of the day: ids go on, time jumps.',
    life: (life, day) => {
      const fromMs = day.startMs + 16 * HOUR_MS + 39 * MINUTE_MS;
      return { ...life, halts: [...life.halts, { fromMs, toMs: fromMs + 35 * MINUTE_MS }] };
    },
  },
  {
    ...common,
    kind: 'late-listing',
    fact: 'G-22',
    description: 'The symbol is listed at 07:00 of the day: no objects before, ids start at 1 (spot: 0).',
    life: (life, day) => ({ ...life, listedMs: day.startMs + 7 * HOUR_MS }),
  },
  {
    ...common,
    kind: 'delisting',
    fact: 'G-37',
    description:
      'The last trade is before 09:00 of the day; klines go on with zero volume and the last close.',
    life: (life, day) => ({ ...life, delistedMs: day.startMs + 9 * HOUR_MS }),
  },
  {
    ...common,
    kind: 're-listing-gap',
    fact: 'G-38',
    description: 'For 3 days from the day on there is no object of any type; ids go on afterwards.',
    life: (life, day) => ({
      ...life,
      absences: [...life.absences, { fromMs: day.startMs, toMs: day.startMs + 3 * DAY_MS }].sort(
        (a, b) => a.fromMs - b.fromMs,
      ),
    }),
  },
];
