import { resolve } from 'node:path';
import {
  FACTOR_SOURCE_NAMES,
  type UserFactor,
  WIDE_FAMILIES,
  type WideFamily,
  orderFactors,
} from '../dataset/index.js';
import { loadUserFactors } from '../user-factors/index.js';
import { WIDE_DUMPS, sha256 } from './inputs/index.js';
import type { FactorFile } from './spec.js';

/** Each file with a hash over it and all that it imports. @throws `E_USAGE`, `E_IO` as `loadUserFactors` does */
export async function hashFactorFiles(paths: readonly string[]): Promise<FactorFile[]> {
  const hashed: FactorFile[] = [];
  for (const path of paths) {
    const { files } = await loadUserFactors([path]);
    hashed.push({ path: resolve(path), sha256: sha256(files.map((file) => file.sha256).join()), files });
  }
  return hashed;
}

/** @throws `E_USAGE`, `E_IO` as `loadUserFactors` does */
export async function loadFactors(files: readonly FactorFile[]): Promise<readonly UserFactor[]> {
  return (await loadUserFactors(files.map(({ path }) => path))).factors;
}

/** @throws `E_USAGE` for factors that cannot be made of these columns and of the sources */
export function checkFactors(names: readonly string[], factors: readonly UserFactor[]): void {
  orderFactors(['datetime', 'symbol', ...names, ...FACTOR_SOURCE_NAMES], factors);
}

/** Inputs that are no columns of the table but of a source: `metrics.sum_open_interest`. */
export function sourceInputs(factors: readonly Pick<UserFactor, 'inputs'>[]): string[] {
  const inputs = new Set(factors.flatMap((factor) => factor.inputs));
  return FACTOR_SOURCE_NAMES.filter((name) => inputs.has(name));
}

const FAMILY_OF_SOURCE: Readonly<Record<string, WideFamily>> = {
  layer: 'order-flow',
  fundingRate: 'funding',
  metrics: 'open-interest',
  markPriceKlines: 'triad',
  indexPriceKlines: 'triad',
  premiumIndexKlines: 'triad',
  derivative_ticker: 'ticker',
  ...Object.fromEntries(WIDE_DUMPS.map((dump) => [dump, 'dumps'])),
};

/** Families whose sources have to be read: those of the table, and those that factors are made of. */
export function familiesRead(
  families: readonly WideFamily[],
  factors: readonly Pick<UserFactor, 'inputs'>[],
): WideFamily[] {
  const read = new Set(families);
  for (const name of sourceInputs(factors)) read.add(FAMILY_OF_SOURCE[name.split('.', 1)[0]!]!);
  return WIDE_FAMILIES.filter((family) => read.has(family));
}
