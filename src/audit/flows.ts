/**
 * Which trades have to move for neighbouring klines to follow from the bars, one side of the tape at a time: taker buys
 * and taker sells never cancel each other.
 */

/** Base and quote volume of trades. */
export interface Volume {
  readonly base: number;
  readonly quote: number;
}

/** What happened to a minute on one side of the tape. Amounts are positive; null where nothing did. */
export interface SideFlow {
  /** In this bar, in the next kline. */
  toNext: Volume | null;
  /** In this bar, in the kline before. */
  toPrevious: Volume | null;
  /** In this kline and in no bar. */
  missing: Volume | null;
  /** In this bar and in no kline. */
  lost: Volume | null;
  /** Base and quote differ in a way that no trades can bring about. */
  isImpossible: boolean;
}

export function noFlow(): SideFlow {
  return { toNext: null, toPrevious: null, missing: null, lost: null, isImpossible: false };
}

/**
 * Explains the differences (kline minus bar) of minutes in succession.
 *
 * Where two neighbours cancel exactly, trades moved from one to the other. Else what a kline lacks is taken to have
 * gone to the next one, which thus needs it on top of its own; what a kline has and nobody gave it is missing from
 * the bar. What the last minute gives away is nowhere: it is lost, with all that was handed on to it.
 * @param tolerance of base and of quote, for sums of two minutes
 */
export function solveSide(differences: readonly Volume[], tolerance: Volume): SideFlow[] {
  const flows = differences.map(noFlow);
  let incoming: Volume = { base: 0, quote: 0 };
  const isNothing = ({ base, quote }: Volume): boolean =>
    Math.abs(base) <= tolerance.base && Math.abs(quote) <= tolerance.quote;

  for (let i = 0; i < differences.length; i++) {
    const difference = differences[i]!;
    const rest = minus(difference, incoming);
    const isHandedOn = incoming.base !== 0;
    incoming = { base: 0, quote: 0 };
    if (isNothing(rest)) continue;
    const next = differences[i + 1];
    const flow = flows[i]!;
    if (!isHandedOn && next !== undefined && isNothing(plus(difference, next)) && isOneSign(rest)) {
      if (rest.base < 0) flow.toNext = next;
      else flows[i + 1]!.toPrevious = rest;
      i++;
    } else if (!isOneSign(rest)) flow.isImpossible = true;
    else if (rest.base > 0) flow.missing = rest;
    else {
      incoming = minus({ base: 0, quote: 0 }, rest);
      flow.toNext = incoming;
    }
  }
  for (let i = flows.length - 1; incoming.base !== 0 && i >= 0 && flows[i]!.toNext !== null; i--) {
    const flow = flows[i]!;
    // Only what was not already explained by what came in.
    flow.lost = flow.toNext;
    flow.toNext = null;
  }
  return flows;
}

/** Quote moves with base, and neither alone. */
function isOneSign({ base, quote }: Volume): boolean {
  return (base > 0 && quote > 0) || (base < 0 && quote < 0);
}

export function plus(a: Volume, b: Volume): Volume {
  return { base: a.base + b.base, quote: a.quote + b.quote };
}

function minus(a: Volume, b: Volume): Volume {
  return { base: a.base - b.base, quote: a.quote - b.quote };
}
