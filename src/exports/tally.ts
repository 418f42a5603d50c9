import { NOT_VALID, type SplitName, purgedFrom } from './split.js';
import type { RowPlan, SymbolRows } from './symbol-rows.js';

/** A part of the rows: one of a split, or all of them. */
export interface PartTally {
  readonly name: SplitName | 'data';
  rows: number;
  /** Left out because their labels reach into the next part. */
  purged: number;
  /** Start of the first and of the last bar. */
  firstMs: number | null;
  lastMs: number | null;
  /** Rows without it, by label; those of the purged are not counted. */
  readonly nullLabels: Record<string, number>;
}

/** What became of all rows, counted. */
export interface Tally {
  read: number;
  notValid: number;
  filled: number;
  readonly parts: readonly PartTally[];
}

export function makeTally({ split, labels }: RowPlan): Tally {
  const parts = (split?.names ?? (['data'] as const)).map((name) => ({
    name,
    rows: 0,
    purged: 0,
    firstMs: null,
    lastMs: null,
    nullLabels: Object.fromEntries(labels.map((label) => [label.name, 0])),
  }));
  return { read: 0, notValid: 0, filled: 0, parts };
}

/** Counts the rows of one symbol. */
export function countRows(tally: Tally, { minute, fate, labels }: SymbolRows, plan: RowPlan): void {
  tally.read += minute.length;
  for (let row = 0; row < minute.length; row++) {
    if (fate[row] === NOT_VALID) {
      tally.notValid++;
      continue;
    }
    const purged = tally.parts[purgedFrom(fate[row]!)];
    if (purged) {
      purged.purged++;
      continue;
    }
    const part = tally.parts[fate[row]!]!;
    const at = minute[row]!;
    part.rows++;
    part.firstMs = Math.min(part.firstMs ?? at, at);
    part.lastMs = Math.max(part.lastMs ?? at, at);
    plan.labels.forEach(({ name }, i) => {
      if (Number.isNaN(labels[i]![row]!)) part.nullLabels[name]!++;
    });
  }
}
