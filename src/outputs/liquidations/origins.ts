import { type Coverage, type CoveredSpan, makeCoverage } from '../../factors/index.js';
import { DAY_MS, type EpochMs, type EpochMicros } from '../../time/index.js';

/**
 * Where liquidations can come from: imported files of Tardis, imported captures of the exchange's stream, and
 * `liquidationSnapshot` of the archive.
 *
 * All of them tell of the same liquidations, with other stamps, so rows of two of them cannot be matched, and adding
 * them up would count twice. Each UTC day is therefore taken from one of them, whole:
 *
 * 1. from that which covers more of the day,
 * 2. of equals, from one that shows all liquidations rather than a part of them,
 * 3. of equals, from the first in the order of this list.
 *
 * The choice looks at what the sources cover and never at the events, so that no event changes an earlier bar.
 */
export const ORIGINS = ['tardis', 'forceorder', 'liquidationSnapshot'] as const;
export type Origin = (typeof ORIGINS)[number];

/** One file or archive object that events come from. */
export interface LiquidationSource {
  readonly origin: Origin;
  /** Name of the file, or key of the object. */
  readonly object: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What it tells all about, `[startUs, endUs)`. */
  readonly startUs: EpochMicros;
  readonly endUs: EpochMicros;
  readonly lowerBound: boolean;
  /** Times of its first and last event, which may lie outside of what it covers; null when it has none. */
  readonly firstTs: EpochMicros | null;
  readonly lastTs: EpochMicros | null;
}

/** Which origin counts on which day, and what is known in consequence. */
export interface Choice {
  /** By the start of the UTC day; a day that nothing covers is not in it. */
  readonly originOfDay: ReadonlyMap<EpochMs, Origin>;
  /** Where events of a day that nothing covers are taken from; null: there is no source at all. */
  readonly otherwise: Origin | null;
  readonly coverage: Coverage;
}

export function chooseOrigins(sources: readonly LiquidationSource[]): Choice {
  const best = new Map<EpochMs, Claim>();
  for (const origin of ORIGINS) {
    const whole = makeCoverage(sources.filter((source) => source.origin === origin));
    for (const [day, claim] of claimsByDay(origin, whole)) {
      const rival = best.get(day);
      if (!rival || isBetter(claim, rival)) best.set(day, claim);
    }
  }
  return {
    originOfDay: new Map(Array.from(best, ([day, { origin }]) => [day, origin])),
    otherwise: ORIGINS.find((origin) => sources.some((source) => source.origin === origin)) ?? null,
    coverage: makeCoverage([...best.values()].flatMap(({ spans }) => spans)),
  };
}

/** What an origin knows of one day. */
interface Claim {
  readonly origin: Origin;
  readonly spans: CoveredSpan[];
  knownUs: number;
  isAll: boolean;
}

function isBetter(claim: Claim, rival: Claim): boolean {
  if (claim.knownUs !== rival.knownUs) return claim.knownUs > rival.knownUs;
  return claim.isAll && !rival.isAll;
}

function claimsByDay(origin: Origin, coverage: Coverage): Map<EpochMs, Claim> {
  const days = new Map<EpochMs, Claim>();
  const dayUs = DAY_MS * 1000;
  for (let row = 0; row < coverage.length; row++) {
    const endUs = coverage.endUs[row]!;
    const lowerBound = coverage.lowerBound[row] === 1;
    let at = coverage.startUs[row]!;
    while (at < endUs) {
      const day = Math.floor(at / dayUs) * dayUs;
      const until = Math.min(endUs, day + dayUs);
      const claim = days.get(day / 1000) ?? { origin, spans: [], knownUs: 0, isAll: true };
      days.set(day / 1000, claim);
      claim.spans.push({ startUs: at, endUs: until, lowerBound });
      claim.knownUs += until - at;
      claim.isAll &&= !lowerBound;
      at = until;
    }
  }
  return days;
}
