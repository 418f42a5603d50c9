import { TapemillError } from '../errors.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { type FactorSources, NO_SOURCES } from './factor-sources.js';

/** Columns that a factor asked for, by name. They are copies: what it does with them changes nothing else. */
export type FactorInputs<Input extends string = string> = Readonly<Record<Input, Float64Array>>;

export interface FactorRows {
  readonly length: number;
  /** Start of each bar, ms since the epoch. */
  readonly minute: Float64Array;
}

/** A column that the user adds to the table. */
export interface UserFactor<Input extends string = string> {
  readonly name: string;
  /** Columns of the table, of a source (`metrics.sum_open_interest`, `layer.whale_buy_quote`), or other factors; at least one. */
  readonly inputs: readonly Input[];
  /** Rows it looks at, its own included; null when it is all before. */
  readonly window: number | null;
  readonly unit: string;
  readonly formula: string;
  /** One value a row; NaN is null, and what is infinite becomes null. */
  compute(inputs: FactorInputs<Input>, rows: FactorRows): Float64Array;
}

export interface UserFactorDefinition<Input extends string> extends Omit<UserFactor<Input>, 'window'> {
  readonly window?: number;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws `E_USAGE` for a name that no column can have, no inputs, or a window that is no whole number ≥ 1 */
export function defineFactor<Input extends string>(
  definition: UserFactorDefinition<Input>,
): UserFactor<Input> {
  const { name, inputs, window, unit, formula, compute } = definition;
  if (!NAME.test(name)) refuse(`factor "${name}": expected a name of letters, digits and _`);
  if (inputs.length === 0) refuse(`factor ${name}: expected at least one input`);
  if (window !== undefined && !(Number.isSafeInteger(window) && window >= 1)) {
    refuse(`factor ${name}: expected a window of rows ≥ 1, found ${window}`);
  }
  return { name, inputs: [...inputs], window: window ?? null, unit, formula, compute };
}

/**
 * The factors in an order in which each comes after those it is made of, else as given.
 *
 * @param columns that are there already
 * @throws `E_USAGE` for a name that is taken, an input that does not exist, and for a cycle, which it names
 */
export function orderFactors(columns: Iterable<string>, factors: readonly UserFactor[]): UserFactor[] {
  const known = new Set(columns);
  const byName = new Map<string, UserFactor>();
  for (const factor of factors) {
    if (known.has(factor.name)) refuse(`factor ${factor.name}: the table has a column of this name`);
    if (byName.has(factor.name)) refuse(`factor ${factor.name} is defined twice`);
    byName.set(factor.name, factor);
  }
  const ordered: UserFactor[] = [];
  const path: string[] = [];
  const visit = (factor: UserFactor): void => {
    const start = path.indexOf(factor.name);
    if (start >= 0) {
      const cycle = [...path.slice(start), factor.name].join(' → ');
      refuse(`factors are made of one another: ${cycle}`, cycle);
    }
    if (known.has(factor.name)) return;
    path.push(factor.name);
    for (const input of factor.inputs) {
      const needed = byName.get(input);
      if (needed) visit(needed);
      else if (!known.has(input)) {
        refuse(
          `factor ${factor.name}: there is no column or factor "${input}"${nearTo(input, known)}`,
          input,
        );
      }
    }
    path.pop();
    known.add(factor.name);
    ordered.push(factor);
  };
  factors.forEach(visit);
  return ordered;
}

/**
 * The table with the factors as further columns, in the order they are given in.
 * @throws `E_USAGE` as `orderFactors` does, and for a factor that fails or does not give one number a row
 */
export function computeFactors(
  table: FactorTable,
  factors: readonly UserFactor[],
  sources: FactorSources = NO_SOURCES,
): FactorTable {
  const columns: Record<string, Float64Array> = { ...table.columns };
  for (const factor of orderFactors([...table.names, ...sources.names], factors)) {
    const inputs = factor.inputs.map((input) => [input, columns[input]?.slice() ?? sources.column(input)]);
    const rows = { length: table.length, minute: table.minute.slice() };
    const values: unknown = compute(factor, Object.fromEntries(inputs) as FactorInputs, rows);
    if (!(values instanceof Float64Array) || values.length !== table.length) {
      const found = values instanceof Float64Array ? `${values.length} numbers` : typeof values;
      refuse(
        `factor ${factor.name}: expected a Float64Array of ${table.length} numbers, found ${found}`,
        found,
      );
    }
    columns[factor.name] = values.map((value) => (Number.isFinite(value) ? value : NaN));
  }
  return makeTable(table.minute, [...table.names, ...factors.map(({ name }) => name)], columns);
}

function compute(factor: UserFactor, inputs: FactorInputs, rows: FactorRows): unknown {
  try {
    return factor.compute(inputs, rows);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new TapemillError('E_USAGE', `factor ${factor.name} failed: ${found}`, { found }, { cause: error });
  }
}

function refuse(message: string, found?: string): never {
  throw new TapemillError('E_USAGE', message, found === undefined ? {} : { found });
}

/** Names of the same source, for who has mistyped one. */
function nearTo(name: string, known: ReadonlySet<string>): string {
  const dot = name.indexOf('.');
  if (dot < 0) return '';
  const others = [...known].filter((other) => other.startsWith(name.slice(0, dot + 1)));
  return others.length === 0 ? '' : `; there are ${others.join(', ')}`;
}
