import { describe, expect, it } from 'vitest';
import { type UserFactor, computeFactors, defineFactor, orderFactors } from '../../src/dataset/index.js';
import { TapemillError } from '../../src/errors.js';
import { makeTable } from '../../src/factors/index.js';

const table = makeTable(Float64Array.from([0, 1, 2]), ['close', 'volume'], {
  close: Float64Array.from([1, 2, 4]),
  volume: Float64Array.from([0, 5, NaN]),
});

function sum(name: string, ...inputs: string[]): UserFactor {
  return defineFactor({
    name,
    inputs,
    unit: '1',
    formula: inputs.join(' + '),
    compute: (columns, { length }) =>
      Float64Array.from({ length }, (_, row) =>
        inputs.reduce((total, input) => total + columns[input]![row]!, 0),
      ),
  });
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (TapemillError.is(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

describe("the user's own factors", () => {
  it('are computed after those they are made of, and come in the order they are given in', () => {
    const wide = computeFactors(table, [
      sum('c', 'b', 'a'),
      sum('b', 'a', 'close'),
      sum('a', 'close', 'volume'),
    ]);
    expect(wide.names).toEqual(['close', 'volume', 'c', 'b', 'a']);
    expect([...wide.columns['a']!]).toEqual([1, 7, NaN]);
    expect([...wide.columns['b']!]).toEqual([2, 9, NaN]);
    expect([...wide.columns['c']!]).toEqual([3, 16, NaN]);
    expect(table.names).toEqual(['close', 'volume']);
  });

  it('keep their order where they do not need another', () => {
    const order = orderFactors(
      ['close'],
      [sum('z', 'close'), sum('y', 'x'), sum('x', 'close'), sum('w', 'close')],
    );
    expect(order.map(({ name }) => name)).toEqual(['z', 'x', 'y', 'w']);
  });

  it('know the rows, and can change nothing but themselves', () => {
    const greedy = defineFactor({
      name: 'greedy',
      inputs: ['close'],
      window: 1,
      unit: 'ms',
      formula: 'minute',
      compute: ({ close }, { minute }) => {
        close.fill(99);
        const own = minute.slice();
        minute.fill(99);
        return own;
      },
    });
    const wide = computeFactors(table, [greedy, sum('after', 'close')]);
    expect([...wide.columns['greedy']!]).toEqual([0, 1, 2]);
    expect([...wide.columns['after']!]).toEqual([1, 2, 4]);
    expect([...wide.minute]).toEqual([0, 1, 2]);
  });

  it('have nothing infinite', () => {
    const inverse = defineFactor({
      name: 'inverse',
      inputs: ['volume'],
      unit: '1/base',
      formula: '1 / volume',
      compute: ({ volume }) => volume.map((x) => 1 / x),
    });
    expect([...computeFactors(table, [inverse]).columns['inverse']!]).toEqual([NaN, 0.2, NaN]);
  });

  it('are refused in a cycle, which is named', () => {
    const cycle = [sum('d', 'close', 'a'), sum('a', 'b'), sum('b', 'close', 'c'), sum('c', 'a')];
    expect(refusal(() => orderFactors(table.names, cycle))).toBe(
      'E_USAGE: factors are made of one another: a → b → c → a',
    );
    expect(refusal(() => orderFactors(table.names, [sum('a', 'a')]))).toContain('a → a');
  });

  it('are refused with inputs that do not exist and names that are taken', () => {
    expect(refusal(() => orderFactors(table.names, [sum('a', 'closed')]))).toContain(
      'no column or factor "closed"',
    );
    expect(refusal(() => orderFactors(table.names, [sum('close', 'volume')]))).toContain(
      'has a column of this name',
    );
    expect(refusal(() => orderFactors(table.names, [sum('a', 'close'), sum('a', 'volume')]))).toContain(
      'twice',
    );
  });

  it('are refused when they are no factors', () => {
    const bad = (own: object) => refusal(() => defineFactor({ ...sum('a', 'close'), window: 1, ...own }));
    expect(bad({})).toBe('nothing was refused');
    expect(bad({ name: 'a b' })).toContain('E_USAGE');
    expect(bad({ inputs: [] })).toContain('at least one input');
    expect(bad({ window: 0 })).toContain('window');
    const short = { ...sum('a', 'close'), compute: () => new Float64Array(2) };
    expect(refusal(() => computeFactors(table, [short]))).toContain(
      'expected a Float64Array of 3 numbers, found 2 numbers',
    );
    const wrong = { ...sum('a', 'close'), compute: () => [1, 2, 3] as unknown as Float64Array };
    expect(refusal(() => computeFactors(table, [wrong]))).toContain('found object');
  });
});
