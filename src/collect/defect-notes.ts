import {
  type ArchiveEntry,
  KNOWN_DEFECTS,
  type KnownDefect,
  describeDefect,
  knownDefectsOf,
} from '../archive/index.js';

/**
 * What is known to be wrong with objects that are about to be read: a sentence for each defect, with the periods of the
 * objects that have it. What is said of years of data is no news of an object, and left to the audit.
 */
export function defectNotes(
  entries: readonly ArchiveEntry[],
  registry: readonly KnownDefect[] = KNOWN_DEFECTS,
): string[] {
  const periods = new Map<KnownDefect, string[]>();
  for (const { name } of entries) {
    const { market, dataType, symbol, period } = name;
    const { startMs, endMs, kind } = period;
    const cadence = kind === 'month' ? 'monthly' : 'daily';
    for (const known of knownDefectsOf({ market, dataType, symbol, startMs, endMs, cadence }, registry)) {
      if (known.to.startsWith('2099')) continue;
      periods.set(known, [...(periods.get(known) ?? []), period.key]);
    }
  }
  return [...periods].map(([known, [first, ...more]]) => {
    const span = more.length === 0 ? first : `${first} … ${more.at(-1)}`;
    return `${span}  known defect: ${describeDefect(known)}`;
  });
}
