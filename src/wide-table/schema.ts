import {
  CROSS_SECTION_COLUMNS,
  WIDE_COLUMNS,
  type UserFactor,
  type WideColumn,
  type WideFamily,
  columnMaker,
} from '../dataset/index.js';
import { describeLiquidationColumn } from '../factors/index.js';
import type { ParquetField } from '../parquet/index.js';
import type { Frequency } from '../time/index.js';
import { noLiquidations } from './inputs/index.js';

/** A column of a table on disk; of family `factors` when it is the user's. */
export interface TableColumn extends Omit<WideColumn, 'family'> {
  readonly family: WideFamily | 'factors';
}

/** The columns of a table of these families, in their order: the same for every symbol, whatever is collected of it. */
export function tableColumns(
  families: readonly WideFamily[],
  frequency: Frequency,
  factors: readonly FactorFacts[],
): TableColumn[] {
  const own = families.flatMap((family) =>
    family === 'liquidations' ? liquidationColumns(frequency) : declared(family),
  );
  return [...own, ...factors.map(factorColumn)];
}

function declared(family: WideFamily): TableColumn[] {
  return Object.entries(WIDE_COLUMNS[family]).map(([name, definition]) => ({ name, family, ...definition }));
}

function liquidationColumns(frequency: Frequency): TableColumn[] {
  return noLiquidations(frequency).names.map((name) => {
    const factor = describeLiquidationColumn(name);
    if (!factor) throw new RangeError(`the column ${name} is not in the registry`);
    const { type, unit, range, formula, inputs, window, whenEmpty, source } = factor;
    const noRow = 'no source says anything about the bar';
    const whenNull = whenEmpty === null ? noRow : `${noRow}, or ${whenEmpty}`;
    return { name, family: 'liquidations', type, unit, range, formula, inputs, window, whenNull, source };
  });
}

/** What a user's factor says of itself. */
export type FactorFacts = Pick<UserFactor, 'name' | 'inputs' | 'window' | 'unit' | 'formula'>;

export function factorFacts({ name, inputs, window, unit, formula }: UserFactor): FactorFacts {
  return { name, inputs, window, unit, formula };
}

/** A user's factor as a column of the table. */
export function factorColumn({ name, inputs, window, unit, formula }: FactorFacts): TableColumn {
  const looks = window === null ? 'all rows before' : `${window} rows ending with this one`;
  return {
    name,
    family: 'factors',
    ...USER(formula, inputs, { unit, window: looks, whenNull: 'its definition gives none' }),
  };
}

const USER = columnMaker({ source: 'user' });

/** `datetime`, the start of the bar, and the columns. */
export function parquetFields(columns: readonly TableColumn[]): ParquetField[] {
  const fields = columns.map(({ name, type, whenNull }) => ({ name, type, nullable: whenNull !== null }));
  return [{ name: 'datetime', type: 'timestamp_ms', nullable: false }, ...fields];
}

/** Columns that are made of all symbols: of no other use than in the company they were made in. */
export function isCrossSectional(name: string): boolean {
  return (CROSS_SECTION_COLUMNS as readonly string[]).includes(name);
}
