import { existsSync } from 'node:fs';
import { TapemillError } from '../errors.js';
import { type EpochMs, type Frequency, parseRange } from '../time/index.js';
import type { DatasetLock } from './lock-file.js';
import { hashFile } from './record.js';
import { type TableSpec, leadInStart } from './spec.js';
import { type TableInputs, findInputs } from './symbol-inputs.js';
import { familiesRead } from './user-factors.js';

/** What a table was built of, as its lock says. */
export function specOfLock(dataDir: string, frequency: Frequency, lock: DatasetLock): TableSpec {
  const { market, start, end, families, factors } = lock;
  const own = lock.columns.flatMap(({ factor }) => factor ?? []);
  const range = start === null || end === null ? null : parseRange(start, end);
  const startMs: EpochMs = range?.startMs ?? -Infinity;
  const windows = own.map(({ window }) => window);
  return {
    ...{ dataDir, market, frequency, start, end, startMs, families, factors },
    endMs: range?.endMs ?? Infinity,
    leadInMs: range ? leadInStart(startMs, frequency, windows) : -Infinity,
    reads: familiesRead(families, own),
  };
}

/**
 * How a symbol's inputs are not those any more that it was built of, in words; null when they are.
 * @param isStrict also tells of what is gone, and nothing of audits
 */
export function inputChange(
  { inputs, liquidations, quality }: TableInputs,
  now: TableInputs,
  isStrict: boolean,
): string | null {
  const known = new Map(inputs.map((input) => [`${input.source} ${input.period}`, input]));
  for (const input of now.inputs) {
    const name = `${input.source} ${input.period}`;
    const before = known.get(name);
    if (!before) return `${name} was collected`;
    if (before.facts_sha256 !== input.facts_sha256) return `${name} changed`;
    known.delete(name);
  }
  const [gone] = known.keys();
  if (isStrict && gone !== undefined) return `${gone} was removed`;
  if (liquidations !== now.liquidations && (isStrict || now.liquidations !== null)) {
    return 'its liquidations changed';
  }
  return !isStrict && quality !== now.quality ? 'an audit found something else' : null;
}

/**
 * Makes sure that symbols of a table on disk are what a build would make now. What was removed since is no reason to doubt
 * it: users make room. Only footers are read, and of other symbols nothing.
 * @throws `E_DATASET` when something was collected, imported or edited since, `E_LAYER` for a damaged input, `E_IO`
 */
export async function refuseStale(
  dataDir: string,
  frequency: Frequency,
  lock: DatasetLock,
  symbols: readonly string[],
): Promise<void> {
  for (const { path, sha256 } of lock.factors.flatMap(({ files }) => files)) {
    const now = await hashIfThere(path);
    if (now !== null && now !== sha256) throw stale(`${path} changed`);
  }
  const spec = specOfLock(dataDir, frequency, lock);
  for (const locked of lock.symbols.filter(({ symbol }) => symbols.includes(symbol))) {
    const now = await findInputs(spec, locked.symbol).catch((error: unknown) => {
      if (TapemillError.is(error) && error.code === 'E_NO_LAYER') return null;
      throw error;
    });
    const change = now && inputChange(locked, now, false);
    if (change !== null) throw stale(`${change} for ${locked.symbol}`);
  }
}

async function hashIfThere(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  return hashFile(path);
}

export function stale(what: string): TapemillError {
  const message = `${what} since the table was built; run "tapemill dataset build" again`;
  return new TapemillError('E_DATASET', message);
}
